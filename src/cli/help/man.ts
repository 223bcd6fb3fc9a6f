import { COMMANDS } from '../commands.js'
import { EXIT_CODES } from './exit-code-help.js'
import { type OptionHelp, pageOf } from './page.js'
import { VERSION } from '../../version.js'

/** The manual page, in roff, of the texts that `--help` shows. */
export async function manualPage(): Promise<string> {
  const parts = [
    `.TH ATTRSTREAM 1 "" "attrstream ${VERSION}" "User Commands"`,
    '.SH NAME\nattrstream \\- score how consistent the attribution maps of genomic deep networks are',
    '.SH SYNOPSIS\n.B attrstream\n.I command\n.RI [ options ]',
    '.SH DESCRIPTION',
    roff(
      'attrstream streams attribution maps from Arrow, Parquet, NumPy and HDF5 files and scores how consistent they are: k-mers in attributed runs, and directions of attributed windows, each against a prior. Memory does not grow with the data, and scores do not depend on how a run is split.',
    ),
    '.SH COMMANDS',
  ]
  const common = new Map<string, OptionHelp>()
  for (const command of COMMANDS) {
    const page = await pageOf(command)
    parts.push(`.SS ${roff(page.usage)}`, roff(`${page.does[0].toUpperCase()}${page.does.slice(1)}.`))
    for (const { group, options } of page.groups) {
      const own = options.filter(({ name }) => !['log', 'debug', 'verbose', 's3-endpoint'].includes(name))
      for (const option of options) if (!own.includes(option)) common.set(option.name, option)
      if (own.length > 0) parts.push(`.PP\n.I ${roff(group.heading)}`, ...own.map(entry))
    }
    for (const [text, does] of page.examples) {
      parts.push(`.PP\n.nf\n.B ${roff(text)}\n.fi`, ...(does === '' ? [] : [roff(does)]))
    }
  }
  parts.push('.SH OPTIONS OF EVERY COMMAND', ...[...common.values()].map(entry))
  parts.push(
    '.SH FILES',
    '.TP\n.B attrstream.toml',
    roff(
      'Usual options, in the working folder or a folder above it: keys at the top for every command that has the option, those of a table such as [score] for that command.',
    ),
    '.SH ENVIRONMENT',
    '.TP\n.B ATTRSTREAM_CONFIG',
    roff('Path of attrstream.toml; empty to read none.'),
    '.TP\n.B NO_COLOR',
    roff('If set, no colours are used.'),
    '.SH EXIT STATUS',
    ...EXIT_CODES.map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`),
  )
  return `${parts.join('\n')}\n`
}

function entry({ flag, describe, choices, default: value }: OptionHelp): string {
  const notes = [
    choices.some(choice => !describe.includes(choice)) ? `[${choices.join(', ')}]` : '',
    value === undefined || /\(default\b/.test(describe) ? '' : `(default: ${value})`,
  ].filter(note => note !== '')
  return `.TP\n.B ${roff(flag)}\n${roff([describe, ...notes].join(' '))}`
}

/** Text in which roff sees no command. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
}
