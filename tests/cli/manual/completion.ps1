# Completion of bittrickle-client for PowerShell.
Register-ArgumentCompleter -Native -CommandName 'bittrickle-client' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $plain = @(); $flag = ''; $ended = $false; $prefix = ''; $kind = ''; $offer = @()
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    foreach ($word in $words) {
        if ($flag) { $flag = '' }
        elseif ($ended -or -not $word.StartsWith('-')) { $plain += $word }
        elseif ($word -eq '--') { $ended = $true }
        elseif (@('--log') -ccontains $word) { $flag = $word }
    }
    $current = $wordToComplete
    if (-not $flag -and -not $ended -and $current -like '--*=*') {
        $flag, $current = $current -split '=', 2
        $prefix = "$flag="
    }
    $state = $plain -join ' '
    if ($flag) {
        switch -CaseSensitive ($flag) {
            '--log' { $offer = @(
                , @('json', '')
            ) }
        }
    } elseif (-not $ended -and $current.StartsWith('-')) {
        switch -CaseSensitive (($state -split ' ')[0]) {
            'get' { $offer = @(
                , @('--log', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('--help', 'show this, or the help of the command in the line')
            ) }
            'pub' { $offer = @(
                , @('--log', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('--help', 'show this, or the help of the command in the line')
            ) }
            'user' { $offer = @(
                , @('--log', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('--help', 'show this, or the help of the command in the line')
            ) }
            default { $offer = @(
                , @('--log', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('--help', 'show this, or the help of the command in the line')
                , @('--version', 'show the version')
            ) }
        }
    } else {
        switch -Wildcard -CaseSensitive ($state) {
            '' { $offer = @(
                , @('get', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('pub', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('user', 'it''s "$(touch x)" `touch x` \ ; %s #')
            ) }
            'help' { $offer = @(
                , @('get', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('pub', 'it''s "$(touch x)" `touch x` \ ; %s #')
                , @('user', 'it''s "$(touch x)" `touch x` \ ; %s #')
            ) }
            { $_ -ceq 'pub' -or $_ -clike 'pub *' } { $kind = 'path' }
            'user' { $offer = @(
                , @('import', 'it''s "$(touch x)" `touch x` \ ; %s #')
            ) }
            'user import' { $kind = 'file' }
        }
    }
    if ($kind) {
        return [System.Management.Automation.CompletionCompleters]::CompleteFilename($current) |
            ForEach-Object {
                [System.Management.Automation.CompletionResult]::new(
                    $prefix + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
    }
    $offer | Where-Object { $_[0].StartsWith($current) } | ForEach-Object {
        $tip = if ($_[1]) { $_[1] } else { $_[0] }
        [System.Management.Automation.CompletionResult]::new(
            $prefix + $_[0], $_[0], 'ParameterValue', $tip)
    }
}
