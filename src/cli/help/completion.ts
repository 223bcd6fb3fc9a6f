import { COMMANDS } from '../commands.js'
import { pageOf } from './page.js'

/** Words that a shell offers for a command: its options, and the values of those that take one of a few. */
interface Offered {
  readonly name: string
  readonly options: readonly string[]
  readonly values: readonly (readonly [option: string, choices: readonly string[]])[]
}

/** A script that completes commands, options and values in bash, and in zsh by its bashcompinit. Files are left to the shell. */
export async function completionScript(): Promise<string> {
  const offered: Offered[] = []
  for (const command of COMMANDS) {
    const { groups, inputs } = await pageOf(command)
    const options = groups.flatMap(group => group.options)
    const first = inputs.find(({ choices }) => choices.length > 0)
    offered.push({
      name: command.name,
      options: [
        ...options.flatMap(({ flag, name }) =>
          flag.includes('[no-]') ? [`--${name}`, `--no-${name}`] : [`--${name}`],
        ),
        '--help',
      ],
      values: [
        ...options
          .filter(({ choices }) => choices.length > 0)
          .map(({ name, choices }) => [`--${name}`, choices] as const),
        ...(first === undefined ? [] : [[command.name, first.choices] as const]),
      ],
    })
  }
  const names = [...offered.map(({ name }) => name), 'completion']
  const cases = offered.map(({ name, options, values }) => {
    const each = values.map(([option, choices]) => `        ${option}) words='${choices.join(' ')}' ;;`)
    return [
      `    ${name})`,
      `      words='${options.join(' ')}'`,
      `      [[ $current == -* ]] || words=''`,
      ...(each.length === 0 ? [] : ['      case $before in', ...each, '      esac']),
      '      ;;',
    ].join('\n')
  })
  return `# Completion of attrstream for bash and zsh. Add to ~/.bashrc or ~/.zshrc:  source <(attrstream completion)
[[ -n $ZSH_VERSION ]] && autoload -U +X bashcompinit && bashcompinit
_attrstream() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  if (( COMP_CWORD == 1 )); then
    words='${names.join(' ')} --help --version'
  else
    case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _attrstream attrstream
`
}
