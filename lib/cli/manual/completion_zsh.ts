/**
 * Completion for zsh.
 *
 * @module
 */

import {
  AFTER_ADDRESS,
  type CompletionRules,
  functionName,
  type Offer,
  quoted,
  type StateRule,
} from "./completion_rules.ts";

/** The script, which may be read at the start of a shell, or lie in a folder of `$fpath`. */
export function zshScript(rules: CompletionRules): string {
  const name = `_${functionName(rules)}`;
  return `\
#compdef ${rules.program}
# Completion of ${rules.program} for zsh.
${name}() {
  local word current="\${words[CURRENT]}" flag="" ended="" state="" kind=""
  local -a plain offer
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $flag ]]; then flag=""
    elif [[ -n $ended || $word != -* ]]; then plain+=("$word")
    elif [[ $word == -- ]]; then ended=1
    else
      case "$word" in (${rules.values.map(({ name }) => name).join("|")}) flag="$word" ;; esac
    fi
  done
  if [[ -z $flag && -z $ended && $current == --*=* ]]; then
    flag="\${current%%=*}"
    compset -P '*='
  fi
${stateLines(rules)}
  if [[ -n $flag ]]; then
    case "$flag" in
${rules.values.map(({ name, offer }) => caseLines(name, offer)).filter(Boolean).join("\n")}
    esac
  elif [[ -z $ended && $current == -* ]]; then
    case "\${state%% *}" in
${rules.flags.map(({ name, offer }) => caseLines(name, offer)).join("\n")}
${caseLines("*", rules.otherFlags)}
    esac
  else
    case "$state" in
${rules.states.map((rule) => caseLines(patternOf(rule), rule.offer)).join("\n")}
    esac
  fi
  case "$kind" in
    (file|path) _files ;;
    (folder) _files -/ ;;
    (*) (( \${#offer} )) && _describe ${quoted(rules.program)} offer ;;
  esac
}
if [[ "\${funcstack[1]}" == ${quoted(`_${rules.program}`)} ]]; then
  ${name} "$@"
else
  compdef ${name} ${rules.program}
fi
`;
}

function stateLines({ hasAddress, commands, leading }: CompletionRules): string {
  if (!hasAddress) return `  state="\${(j: :)plain}"`;
  const others = commands.filter((name) => !leading.includes(name));
  return `\
  case "\${plain[1]}" in
    ("") ;;
    (${leading.join("|")})
      if (( \${#plain} > 1 )); then
        state="\${(j: :)plain[3,-1]}"
        state="\${state:-${AFTER_ADDRESS}}"
      else
        state="\${plain[1]}"
      fi ;;
    (${others.join("|")}) state="\${(j: :)plain}" ;;
    (*) state="\${(j: :)plain[2,-1]}"; state="\${state:-${AFTER_ADDRESS}}" ;;
  esac`;
}

function patternOf({ state, isRepeated }: StateRule): string {
  return isRepeated ? `${quoted(state)}|${quoted(`${state} `)}*` : quoted(state);
}

function caseLines(pattern: string, offer: Offer): string {
  if (typeof offer === "string") return `      (${pattern}) kind=${offer} ;;`;
  if (offer.length === 0) return "";
  const words = offer.map(([word, text]) => {
    // A colon ends the word, and begins what it means.
    const escaped = word.replaceAll(":", "\\:");
    return `        ${quoted(text === "" ? escaped : `${escaped}:${text}`)}`;
  });
  return [`      (${pattern}) offer=(`, ...words, "      ) ;;"].join("\n");
}
