# Installs BitTrickle for the user who runs this, or removes it:
#
#   .\install.ps1               programs and completion below %LOCALAPPDATA%\Programs\BitTrickle
#   .\install.ps1 -Uninstall    removes these, and nothing else
#
# BITTRICKLE_INSTALL    where instead
# BITTRICKLE_VERSION    which version instead of the newest, as 1.0.0
# BITTRICKLE_RELEASES   the address of another page of releases
#
# What is downloaded has to have the SHA-256 that the release lists; otherwise nothing is changed.
param([switch]$Uninstall)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# With it, Windows PowerShell 5 downloads many times more slowly.
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

$Releases = if ($env:BITTRICKLE_RELEASES) { $env:BITTRICKLE_RELEASES } else { '@RELEASES@' }
$Prefix = if ($env:BITTRICKLE_INSTALL) { $env:BITTRICKLE_INSTALL } else {
  Join-Path $env:LOCALAPPDATA 'Programs\BitTrickle'
}
$Target = 'x86_64-pc-windows-msvc'
$Files = @(
  'bin\bittrickle-server.exe', 'bin\bittrickle-client.exe',
  'completions\bittrickle-server.ps1', 'completions\bittrickle-client.ps1'
)

# Where the files of the release are. Whoever is in between could replace what is not encrypted.
function Get-Address {
  if ($Releases -notmatch '^(https://|http://(127\.0\.0\.1|localhost):)') {
    throw 'set BITTRICKLE_RELEASES to the https:// address of a page of releases'
  }
  if ($env:BITTRICKLE_VERSION) { return "$Releases/download/v$($env:BITTRICKLE_VERSION)" }
  return "$Releases/latest/download"
}

# Puts what is in the archive into a folder, and returns it.
function Get-Archive([string]$Work) {
  $base = Get-Address
  $list = Join-Path $Work 'SHA256SUMS'
  Invoke-WebRequest -UseBasicParsing -Uri "$base/SHA256SUMS" -OutFile $list
  $pattern = "^([0-9a-f]{64})  (bittrickle-[0-9A-Za-z.+-]+-$Target\.zip)$"
  $found = @(Get-Content $list | Where-Object { $_ -cmatch $pattern })
  if ($found.Count -ne 1) { throw "the release has no archive for $Target with a checksum" }
  $null = $found[0] -cmatch $pattern
  $sum, $name = $Matches[1], $Matches[2]
  $archive = Join-Path $Work 'archive.zip'
  Write-Output "Downloading $name" | Out-Host
  Invoke-WebRequest -UseBasicParsing -Uri "$base/$name" -OutFile $archive
  if ((Get-FileHash -Algorithm SHA256 $archive).Hash -ne $sum) {
    throw "$name is damaged: its SHA-256 is not the one of the release. Nothing was installed"
  }
  Expand-Archive -Path $archive -DestinationPath (Join-Path $Work 'files')
  return Join-Path (Join-Path $Work 'files') ($name -replace '\.zip$', '')
}

# A program that runs cannot be replaced, but it can be given another name.
function Set-File([string]$From, [string]$To) {
  $null = New-Item -ItemType Directory -Force (Split-Path $To)
  if (Test-Path $To) {
    Remove-Item -Force -ErrorAction SilentlyContinue "$To.old"
    Move-Item -Force $To "$To.old"
  }
  Copy-Item $From $To
  Remove-Item -Force -ErrorAction SilentlyContinue "$To.old"
}

function Install-All {
  $work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())
  $null = New-Item -ItemType Directory $work
  try {
    $folder = Get-Archive $work
    foreach ($program in 'bittrickle-server', 'bittrickle-client') {
      & (Join-Path $folder "bin\$program.exe") --version
      if ($LASTEXITCODE -ne 0) { throw "$program does not run on this system" }
    }
    foreach ($file in $Files) { Set-File (Join-Path $folder $file) (Join-Path $Prefix $file) }
  } finally {
    Remove-Item -Recurse -Force $work
  }
  Show-Surroundings
}

function Show-Surroundings {
  $bin = Join-Path $Prefix 'bin'
  "Installed in $bin"
  if (($env:Path -split ';') -notcontains $bin) {
    'Add it to your PATH, for terminals that are opened from now on:'
    "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$bin', 'User')"
  }
  "Completion: add to `$PROFILE:  . '$(Join-Path $Prefix 'completions\bittrickle-client.ps1')'"
}

function Uninstall-All {
  foreach ($file in $Files) {
    $path = Join-Path $Prefix $file
    if (Test-Path $path) { Remove-Item -Force $path }
  }
  "Removed from $Prefix. What the programs keep is left: the configuration in"
  "$env:APPDATA\BitTrickle, the keys of indexes in $env:LOCALAPPDATA\bittrickle, your files, and a server's folder."
}

if ($Uninstall) { Uninstall-All } else { Install-All }
