import { dirname, extname } from 'node:path'
import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { writeAtomically } from '../../io/atomic-file.js'
import { standaloneSvg } from '../../report/figures/figure.js'
import { viewModels } from '../../report/models.js'
import { PLOTS, type PlotKind, plot as draw } from '../../report/plots.js'
import { renderPdf } from '../../report/figures/pdf.js'
import { renderPng } from '../../report/figures/png.js'
import { loadScores } from '../../results/load-scores.js'
import { dumpsOf } from '../../dumps/maps-to-draw.js'
import type { Command } from '../job/command.js'
import { makeFolder } from '../../io/make-folder.js'
import { RECORD_FLAGS, type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { REPORT_FLAGS, type ReportFlags } from '../flags/report-flags.js'
import { reportInput } from './report.js'

type Flags = ReportFlags &
  RecordFlags & {
    kind?: PlotKind
    scores?: string[]
    out: string
    metric: 'kmer' | 'angular'
    model?: string | undefined
    panel: number
    scale: number
    dark: boolean
  }

export const plotCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .positional('kind', {
        choices: Object.keys(PLOTS) as PlotKind[],
        demandOption: true,
        describe: 'figure to draw',
      })
      .positional('scores', {
        type: 'string',
        array: true,
        describe: 'scores.json files, or folders with one',
      })
      .option('out', {
        alias: 'o',
        string: true,
        demandOption: true,
        describe: 'file to write: .svg, .pdf or .png',
      })
      .option('metric', {
        choices: ['kmer', 'angular'] as const,
        default: 'kmer' as const,
        describe: 'metric, for figures that show all models',
      })
      .option('model', {
        string: true,
        describe: 'model, for figures that show one (default: the most consistent)',
      })
      .option('panel', { number: true, default: 1, describe: 'number of the panel, for --sweep figures' })
      .option('scale', {
        number: true,
        default: 4,
        describe: 'pixels per unit of a PNG; 4 prints at about 300 dpi',
      })
      .option('dark', { boolean: true, default: false, describe: 'draw on a dark background' })
      .options(REPORT_FLAGS)
      .options(RECORD_FLAGS)
      .epilogue(
        `Kinds:\n${Object.entries(PLOTS)
          .map(([kind, what]) => `  ${kind.padEnd(15)} ${what}`)
          .join('\n')}`,
      )
      .example('$0 plot consistency scores/ -o consistency.svg', '')
      .example('$0 plot words scores/ --model resnet -o resnet.png', ''),
  handler: plot,
}

const FORMS = ['.svg', '.pdf', '.png']

/** `attrstream plot`. Errors: `usage`, for a figure that lacks what it is of; those of reading; `io`. */
async function plot(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const { kind, out, scale, maps = [], dark } = flags
  const paths = flags.scores ?? []
  const form = extname(out).toLowerCase()
  if (!FORMS.includes(form)) {
    throw new DataError('usage', 'unsupported figure format, expected .svg, .pdf or .png', { file: out })
  }
  if (!(scale > 0 && scale <= 40))
    throw new DataError('usage', `--scale is ${scale}, expected a number up to 40`)
  if (paths.length === 0 && kind !== 'map') {
    throw new DataError('usage', 'plot needs scores; give a scores.json or its folder')
  }
  const documents = await Promise.all(paths.map(loadScores))
  const input = await reportInput(documents, dumpsOf(maps), flags, recordOptionsOf(flags))
  const figure = draw(kind as PlotKind, input, viewModels(documents), flags)
  if (typeof figure === 'string') throw new DataError('usage', figure)
  const svg = standaloneSvg(figure, input.palette, dark ? 'dark' : 'light')
  await makeFolder(dirname(out))
  const rendered =
    form === '.png' ? await renderPng(svg, scale) : form === '.pdf' ? await renderPdf(svg, figure) : svg
  await writeAtomically(out, rendered)
}
