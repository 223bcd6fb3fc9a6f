import { createHash } from 'node:crypto'
import { element, escape } from './markup.js'
import type { ModelView } from './models.js'
import { PAGE_SCRIPT } from './page-script.js'
import { pageStyle } from './page-style.js'
import type { ReportInput } from './input.js'
import { verdictOf } from '../results/verdict.js'
import { verdictPerformance } from '../results/verdict-performance.js'
import { FIGURE_STYLE } from './figures/theme.js'
import { sectionsOf } from './sections.js'

/**
 * The whole page. Its policy lets nothing be loaded, sent or run but what is in it: style and script by their digests, pictures
 * that the script draws.
 */
export function page(input: ReportInput, models: readonly ModelView[]): string {
  const sections = sectionsOf(input, models)
  const style = pageStyle(input.palette)
  const policy = [
    "default-src 'none'",
    `style-src ${digest(FIGURE_STYLE)} ${digest(style)}`,
    `script-src ${digest(PAGE_SCRIPT)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const [version] = new Set(input.documents.map(({ document }) => document.provenance.version))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${escape(`attrstream ${version ?? ''}`.trim())}">
<title>Consistency of attribution maps</title>
<style id="figure-style">${FIGURE_STYLE}</style>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#models">Skip to the table of models</a>
<header>
<h1>Consistency of attribution maps</h1>
${lead(input, models)}
</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, name }) => `<li><a href="#${id}">${escape(name)}</a></li>`).join('')}</ul></nav>
<main>
${sections.map(({ id, name, html }) => `<section id="${id}" aria-labelledby="${id}-name">\n<h2 id="${id}-name">${escape(name)}</h2>\n${html}\n</section>`).join('\n')}
</main>
<footer><p>Method: Majdandzic, Rajesh <i>et al.</i>, “Selecting deep neural networks that yield consistent attribution-based interpretations for genomics”, MLCB 2022 (PMLR 200:131–149). Divergences are in nats.</p></footer>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** What was scored, and the verdict. */
function lead(input: ReportInput, models: readonly ModelView[]): string {
  const { documents, performance, performanceColumn: column, lower, performanceErrors: errors } = input
  const { sentences } = verdictOf(
    documents.flatMap(({ document }) => document.models),
    { performance: verdictPerformance(performance, { column, lower, errors }) },
  )
  const records = new Set(models.map(model => model.records))
  const [count] = records
  const maps = records.size === 1 ? `${plural(count, 'map')} each` : 'maps of different number'
  const verdict = sentences.map(sentence => `<li>${escape(sentence)}</li>`).join('')
  const summary = element(
    'p',
    { class: 'lead' },
    `<b>${plural(models.length, 'model')}</b>, ${maps}. The more often a model's maps show the same few patterns, and nothing else, the more consistent it is. Held-out accuracy does not show this.`,
  )
  return `${summary}\n${element('ul', { class: 'verdict' }, verdict)}`
}

function plural(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}
