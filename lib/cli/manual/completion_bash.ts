/**
 * Completion for bash, from version 3.2 on.
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

/** The script. Words of the line are taken from it whole, as bash splits them at colons. */
export function bashScript(rules: CompletionRules): string {
  const name = `_${functionName(rules)}`;
  return `\
# Completion of ${rules.program} for bash.
${name}() {
  local line="\${COMP_LINE:0:COMP_POINT}" cur="\${COMP_WORDS[COMP_CWORD]}"
  local current="" word flag="" ended="" state="" kind="" offer=""
  local -a words=() plain=()
  read -ra words <<<"$line"
  if [[ $line != *[[:space:]] ]]; then
    current="\${words[\${#words[@]}-1]}"
    words=("\${words[@]:0:\${#words[@]}-1}")
  fi
  for word in "\${words[@]:1}"; do
    if [[ $flag ]]; then flag=""
    elif [[ $ended || $word != -* ]]; then plain+=("$word")
    elif [[ $word == -- ]]; then ended=1
    else
      case "$word" in ${alternatives(rules.values.map(({ name }) => name))}) flag="$word" ;; esac
    fi
  done
  if [[ ! $flag && ! $ended && $current == --*=* ]]; then
    flag="\${current%%=*}"
    if [[ $cur == = ]]; then cur=""; fi
  fi
${stateLines(rules)}
  if [[ $flag ]]; then
    case "$flag" in
${rules.values.map(({ name, offer }) => caseLine(name, offer)).filter(Boolean).join("\n")}
    esac
  elif [[ ! $ended && $current == -* ]]; then
    case "\${state%% *}" in
${rules.flags.map(({ name, offer }) => caseLine(name, offer)).join("\n")}
${caseLine("*", rules.otherFlags)}
    esac
  else
    case "$state" in
${rules.states.map((rule) => caseLine(patternOf(rule), rule.offer)).join("\n")}
    esac
  fi
  COMPREPLY=()
  case "$kind" in
    file | path) compopt -o default 2>/dev/null ;;
    folder) compopt -o dirnames 2>/dev/null ;;
    *) COMPREPLY=($(compgen -W "$offer" -- "$cur")) ;;
  esac
}
complete -F ${name} ${rules.program}
`;
}

function stateLines({ hasAddress, commands, leading }: CompletionRules): string {
  if (!hasAddress) return `  state="\${plain[*]}"`;
  const others = commands.filter((name) => !leading.includes(name));
  return `\
  case "\${plain[0]}" in
    "") ;;
    ${alternatives(leading)})
      state="\${plain[*]:2}"
      if [[ ! $state ]]; then
        if (( \${#plain[@]} > 1 )); then state="${AFTER_ADDRESS}"; else state="\${plain[0]}"; fi
      fi ;;
    ${alternatives(others)}) state="\${plain[*]}" ;;
    *) state="\${plain[*]:1}"; state="\${state:-${AFTER_ADDRESS}}" ;;
  esac`;
}

function alternatives(words: readonly string[]): string {
  return words.join(" | ");
}

function patternOf({ state, isRepeated }: StateRule): string {
  return isRepeated ? `${quoted(state)} | ${quoted(`${state} `)}*` : quoted(state);
}

function caseLine(pattern: string, offer: Offer): string {
  if (typeof offer === "string") return `      ${pattern}) kind=${offer} ;;`;
  if (offer.length === 0) return "";
  return `      ${pattern}) offer=${quoted(offer.map(([word]) => word).join(" "))} ;;`;
}
