/**
 * Completion for PowerShell, from version 5 on.
 *
 * @module
 */

import {
  AFTER_ADDRESS,
  type CompletionRules,
  type Offer,
  type StateRule,
} from "./completion_rules.ts";

/** The script. */
export function powershellScript(rules: CompletionRules): string {
  return `\
# Completion of ${rules.program} for PowerShell.
Register-ArgumentCompleter -Native -CommandName ${quoted(rules.program)} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $plain = @(); $flag = ''; $ended = $false; $prefix = ''; $kind = ''; $offer = @()
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    foreach ($word in $words) {
        if ($flag) { $flag = '' }
        elseif ($ended -or -not $word.StartsWith('-')) { $plain += $word }
        elseif ($word -eq '--') { $ended = $true }
        elseif (${list(rules.values.map(({ name }) => name))} -ccontains $word) { $flag = $word }
    }
    $current = $wordToComplete
    if (-not $flag -and -not $ended -and $current -like '--*=*') {
        $flag, $current = $current -split '=', 2
        $prefix = "$flag="
    }
${stateLines(rules)}
    if ($flag) {
        switch -CaseSensitive ($flag) {
${rules.values.map(({ name, offer }) => caseLines(quoted(name), offer)).filter(Boolean).join("\n")}
        }
    } elseif (-not $ended -and $current.StartsWith('-')) {
        switch -CaseSensitive (($state -split ' ')[0]) {
${rules.flags.map(({ name, offer }) => caseLines(quoted(name), offer)).join("\n")}
${caseLines("default", rules.otherFlags)}
        }
    } else {
        switch -Wildcard -CaseSensitive ($state) {
${rules.states.map((rule) => caseLines(patternOf(rule), rule.offer)).join("\n")}
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
`;
}

function stateLines({ hasAddress, commands, leading }: CompletionRules): string {
  if (!hasAddress) return `    $state = $plain -join ' '`;
  return `\
    if ($plain.Count -gt 1 -and ${list(leading)} -ccontains $plain[0]) {
        $state = ($plain | Select-Object -Skip 2) -join ' '
        if (-not $state) { $state = '${AFTER_ADDRESS}' }
    } elseif ($plain.Count -eq 0 -or ${list(commands)} -ccontains $plain[0]) {
        $state = $plain -join ' '
    } else {
        $state = ($plain | Select-Object -Skip 1) -join ' '
        if (-not $state) { $state = '${AFTER_ADDRESS}' }
    }`;
}

function patternOf({ state, isRepeated }: StateRule): string {
  return isRepeated
    ? `{ $_ -ceq ${quoted(state)} -or $_ -clike ${quoted(`${state} *`)} }`
    : quoted(state);
}

function caseLines(pattern: string, offer: Offer): string {
  const indent = " ".repeat(12);
  if (typeof offer === "string") return `${indent}${pattern} { $kind = ${quoted(offer)} }`;
  if (offer.length === 0) return "";
  const rows = offer.map(([word, text]) => `${indent}    , @(${quoted(word)}, ${quoted(text)})`);
  return [`${indent}${pattern} { $offer = @(`, ...rows, `${indent}) }`].join("\n");
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(", ")})`;
}

/** `text` in single quotes, as PowerShell takes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
