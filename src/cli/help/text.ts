import { wrapped } from '../../core/english.js'
import type { Entry } from '../commands.js'
import { OPTION_GROUPS } from './groups.js'
import type { HelpPage, OptionHelp } from './page.js'

const WIDEST = 100
const COLUMN = 26

/** The help of a command as lines of text: its usual options, all of them, or those of a topic. */
export function helpText(page: HelpPage, name: string, topic: string | undefined, columns: number): string {
  const width = Math.min(WIDEST, Math.max(60, columns))
  const isShown = ({ name, required }: OptionHelp, of: string) =>
    topic === 'all' ||
    topic === of ||
    (topic === undefined &&
      (page.usual === undefined || required || of === 'pipeline' || page.usual.has(name)))
  const groups = page.groups
    .map(({ group, options }) => ({
      group,
      options: options.filter(option => isShown(option, group.topic)),
    }))
    .filter(({ options }) => options.length > 0)
  const shown = groups.flatMap(({ options }) => options).length
  const all = page.groups.flatMap(({ options }) => options).length
  const more = [...new Set(page.groups.map(({ group }) => group.topic))].join(', ')
  const rest =
    shown === all
      ? ''
      : `${all - shown} more options: attrstream ${name} --help all, or by group: --help ${more}\n`
  const examples = page.examples.map(([command, does]) => row(command, does, width, 2, 52))
  return [
    `${page.usage}\n\n${wrapped(sentence(page.does), width, 0)}\n`,
    section('Examples', topic === undefined || topic === 'all' ? examples : []),
    section('Arguments', topic === undefined || topic === 'all' ? page.inputs.map(line) : []),
    ...groups.map(({ group, options }) => section(group.heading, options.map(line))),
    page.epilogue === '' || topic !== undefined ? '' : `\n${page.epilogue}\n`,
    rest === '' ? '' : `\n${wrapped(rest.trim(), width, 0)}\n`,
  ].join('')

  function line(option: OptionHelp): string {
    const notes = [
      option.choices.some(choice => !option.describe.includes(choice))
        ? `[${option.choices.join(', ')}]`
        : '',
      option.default === undefined || /\(default\b/.test(option.describe)
        ? ''
        : `(default: ${option.default})`,
      option.required ? '(required)' : '',
    ].filter(note => note !== '')
    return row(option.flag + placeholder(option), [option.describe, ...notes].join(' '), width, 2, COLUMN)
  }
}

/** The help of the program: its commands. */
export function programHelp(commands: readonly Entry[], columns: number): string {
  const width = Math.min(WIDEST, Math.max(60, columns))
  return [
    'attrstream <command> [options]\n\n',
    wrapped('Score how consistent the attribution maps of genomic deep networks are.', width, 0),
    '\n',
    section('Examples', [
      row('attrstream score model_a.parquet model_b.arrow --out scores', 'score two models', width, 2, 60),
      row('attrstream compare scores', 'rank them', width, 2, 60),
      row('attrstream inspect maps.parquet', 'see what a file holds', width, 2, 60),
    ]),
    section(
      'Commands',
      commands.map(({ name, does }) => row(name, does, width, 2, 18)),
    ),
    section('Options', [
      row('-h, --help', 'show help; after a command its usual options', width, 2, 18),
      row('--version', 'print the version; with --verbose also Node, codecs and kernels', width, 2, 18),
    ]),
    `\n${wrapped(
      'Help for a command: attrstream score --help, --help all, or by group such as --help running. Defaults of your own can be kept in attrstream.toml. Shell completion: attrstream completion.',
      width,
      0,
    )}\n`,
  ].join('')
}

/** What stands for the value of an option. */
function placeholder({ name, flag, choices, describe, isNumber, isFlag }: OptionHelp): string {
  if (name === 'model') return ' NAME'
  if (isFlag || !flag.startsWith('-')) return ''
  if (isNumber) return ' N'
  if (choices.length > 0) return ' NAME'
  if (/^(?:column|take)\b/.test(describe)) return ' COLUMN'
  if (/^(?:write to |new )?folder\b/.test(describe)) return ' FOLDER'
  return /\bfiles?\b|^plan\b|\bstate\b/i.test(describe) ? ' FILE' : ' TEXT'
}

/** Whether a word asks for all options, or for those of a group. */
export function isTopic(word: string | undefined): word is string {
  return word === 'all' || OPTION_GROUPS.some(({ topic }) => topic === word)
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${heading}:\n${lines.join('')}`
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

/** A term and what is said of it, which begins in a column, or on the next line if the term is longer. */
function row(term: string, text: string, width: number, indent: number, column: number): string {
  const head = ' '.repeat(indent) + term
  if (text === '') return `${head}\n`
  const hang = Math.min(column, 26)
  const fits = head.length + 2 <= column
  const tail = wrapped(text, width, fits ? column : hang)
  return fits ? `${head.padEnd(column)}${tail.trimStart()}\n` : `${head}\n${tail}\n`
}
