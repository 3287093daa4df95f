/**
 * Completion for fish.
 *
 * @module
 */

import {
  AFTER_ADDRESS,
  type CompletionRules,
  functionName,
  type Offer,
  type StateRule,
} from "./completion_rules.ts";

/** The script. */
export function fishScript(rules: CompletionRules): string {
  const name = `__${functionName(rules)}_offer`;
  return `\
# Completion of ${rules.program} for fish.
function ${name}
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l flag
    set -l ended
    set -l plain
    set -l state
    for word in $words[2..-1]
        if set -q flag[1]
            set flag
        else if set -q ended[1]; or not string match -q -- '-*' $word
            set -a plain $word
        else if test "$word" = --
            set ended 1
        else if contains -- $word ${rules.values.map(({ name }) => name).join(" ")}
            set flag $word
        end
    end
    set -l prefix
    if not set -q flag[1]; and not set -q ended[1]; and string match -q -- '--*=*' $current
        set flag (string replace -r '=.*' '' -- $current)
        set prefix $flag=
        set current (string replace -r '^[^=]*=' '' -- $current)
    end
${stateLines(rules)}
    if set -q flag[1]
        switch "$flag"
${rules.values.map(({ name, offer }) => caseLines(quoted(name), offer)).filter(Boolean).join("\n")}
        end
    else if not set -q ended[1]; and string match -q -- '-*' $current
        switch (string split -m1 ' ' -- $state)[1]
${rules.flags.map(({ name, offer }) => caseLines(quoted(name), offer)).join("\n")}
${caseLines("'*'", rules.otherFlags)}
        end
    else
        switch "$state"
${rules.states.map((rule) => caseLines(patternOf(rule), rule.offer)).join("\n")}
        end
    end
end
complete -c ${rules.program} -f -a '(${name})'
`;
}

function stateLines({ hasAddress, commands, leading }: CompletionRules): string {
  if (!hasAddress) return `    set state (string join ' ' -- $plain)`;
  const others = commands.filter((name) => !leading.includes(name));
  return `\
    if contains -- "$plain[1]" ${leading.join(" ")}; and set -q plain[2]
        set state (string join ' ' -- $plain[3..-1])
        test -n "$state"; or set state ${AFTER_ADDRESS}
    else if not set -q plain[1]; or contains -- $plain[1] ${[...leading, ...others].join(" ")}
        set state (string join ' ' -- $plain)
    else
        set state (string join ' ' -- $plain[2..-1])
        test -n "$state"; or set state ${AFTER_ADDRESS}
    end`;
}

function patternOf({ state, isRepeated }: StateRule): string {
  return isRepeated ? `${quoted(state)} ${quoted(`${state} *`)}` : quoted(state);
}

function caseLines(pattern: string, offer: Offer): string {
  if (offer.length === 0) return "";
  return [`            case ${pattern}`, ...offerLines(offer)].join("\n");
}

function offerLines(offer: Offer): string[] {
  if (offer === "folder") {
    return [`                ${PREFIXED} (__fish_complete_directories $current)`];
  }
  if (typeof offer === "string") {
    return [`                ${PREFIXED} (__fish_complete_path $current)`];
  }
  return offer.map(([word, text]) => {
    return `                printf '%s%s\\t%s\\n' "$prefix" ${quoted(word)} ${quoted(text)}`;
  });
}

/** In front of each the flag that it is the value of, if they are one word. */
const PREFIXED = `printf "$prefix%s\\n"`;

/** `text` in single quotes, as fish takes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
