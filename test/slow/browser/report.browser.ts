import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import yauzl from 'yauzl'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { report } from '../../../src/report/report.js'
import type { AgreementScore } from '../../../src/metrics/agreement.js'
import type { ModelScore } from '../../../src/metrics/model-score.js'
import { temporaryFolder } from '../../support/cli.js'
import { elementsOf } from '../../support/markup.js'
import { documentOf, HOSTILE, scoredModel, shownMap } from '../../support/report.js'
import { type Opened, openFile, startBrowser } from './chromium.js'

/** Pictures of the page are kept here, to be looked at. */
const PICTURES = fileURLToPath(new URL('../../../results/screenshots/', import.meta.url))

const folder = temporaryFolder()
let browser: Browser
let usual: string
let hostile: string
let large: string
let lower: string

const performance = (names: readonly string[]) => ({
  name: 'models.csv',
  columns: [
    { name: 'auroc', numeric: true },
    { name: 'activation', numeric: false },
  ],
  rows: new Map(
    names.map((name, i) => [name, { auroc: 0.97 + i / 1000, activation: i % 2 === 0 ? 'relu' : '<exp>' }]),
  ),
})

/** Agreement of every two models: less, the further apart they stand. */
function agreementOf(models: readonly ModelScore[]): AgreementScore {
  const pairs = models.flatMap((a, i) =>
    models.slice(i + 1).map((b, j) => ({
      a: a.model,
      b: b.model,
      records: 90,
      cosine: 0.5,
      cosine_se: 0.01,
      agreement: 0.8 / (j + 1),
      agreement_se: 0.01,
      overlap: 0.5,
      overlap_se: 0.01,
      cosine_records: 90,
      overlap_records: 90,
    })),
  )
  const all = {
    records: 90,
    agreement: 0.4,
    agreement_se: 0.01,
    ensemble_agreement: 0.7,
    ensemble_agreement_se: 0.01,
  }
  return { models: models.map(({ model }) => model), records: 90, unmatched: 0, all, pairs }
}

function write(
  name: string,
  models: readonly ModelScore[],
  maps: readonly string[],
  shown: number,
  more: Partial<Parameters<typeof report>[0]> = {},
): string {
  const names = models.map(({ model }) => model)
  const file = join(folder, name)
  const html = report({
    documents: [{ name: 'scores.json', document: documentOf(models) }],
    performance: performance(names),
    maps: maps.map(id => shownMap(id, names.slice(0, shown))),
    palette: 'classic',
    ...more,
  })
  writeFileSync(file, html)
  return file
}

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  const strengths = [3, 2, 1, 0.5, 0]
  const models = strengths.map((strength, i) => scoredModel(`model-${strength}`, i + 1, strength))
  usual = write('usual.html', models, ['seq1', 'seq2'], 3, {
    documents: [{ name: 'scores.json', document: { ...documentOf(models), agreement: agreementOf(models) } }],
  })
  hostile = write(
    'hostile.html',
    HOSTILE.map((model, i) => ({ ...models[i % models.length], model, warnings: [model] })),
    HOSTILE.slice(0, 3),
    4,
  )
  large = write(
    'large.html',
    Array.from({ length: 100 }, (_, i) => ({ ...models[i % 3], model: `model-${i}` })),
    Array.from({ length: 200 }, (_, i) => `sequence-${i}`),
    1,
  )
  const losses = [0.5, 0.4, 0.3, 0.31, 0.45]
  lower = write('lower.html', models, [], 0, {
    performance: {
      name: 'models.csv',
      columns: [{ name: 'loss', numeric: true }],
      rows: new Map(models.map(({ model }, i) => [model, { loss: losses[i] }])),
    },
    performanceColumn: 'loss',
    lower: true,
    performanceErrors: new Map(models.map(({ model }) => [model, 0.01])),
  })
  browser = await startBrowser()
})
afterAll(() => browser.close())

/** Opens a page, looks at it, and holds it to silence: nothing on the console, nothing asked for. */
async function visit(
  file: string,
  look: (opened: Opened, context: BrowserContext) => Promise<void>,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
    ...options,
  })
  try {
    const opened = await openFile(context, file)
    await look(opened, context)
    expect(opened.said).toEqual([])
    expect(opened.asked).toEqual([])
  } finally {
    await context.close()
  }
}

const column = (page: Page, n: number) =>
  page
    .locator(`#models tbody tr > :nth-child(${n})`)
    .evaluateAll(cells => cells.map(cell => cell.textContent))

/** Sizes in pixels, and marks, of each picture that can be seen, once it is scrolled to. */
async function inked(page: Page) {
  const found: { width: number; height: number; marks: number }[] = []
  for (const picture of await page
    .locator('section > *:not(details), details[open]')
    .locator('figure svg')
    .all()) {
    await picture.scrollIntoViewIfNeeded()
    const box = await picture.boundingBox()
    const marks = await picture.locator('path, circle, image, text').count()
    found.push({ width: box?.width ?? 0, height: box?.height ?? 0, marks })
  }
  return found
}

describe('the report in a browser', () => {
  it('has charts that are there and not empty, in light, dark, and without scripts', async () => {
    for (const options of [
      { colorScheme: 'light' as const },
      { colorScheme: 'dark' as const },
      { javaScriptEnabled: false },
    ]) {
      await visit(
        usual,
        async ({ page }) => {
          const pictures = await inked(page)
          expect(pictures.length).toBeGreaterThan(12)
          for (const { width, height, marks } of pictures) {
            expect(width).toBeGreaterThan(150)
            expect(height).toBeGreaterThan(60)
            expect(marks).toBeGreaterThan(5)
          }
          const name = options.javaScriptEnabled === false ? 'no-script' : (options.colorScheme as string)
          await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true })
        },
        options,
      )
    }
  })

  it('sorts its table by a click and by the keyboard, and says so', async () => {
    await visit(usual, async ({ page }) => {
      const before = await column(page, 1)
      await page.locator('#models button', { hasText: 'All columns' }).click()
      const head = page.locator('#models th', { hasText: 'diversity' }).first()
      await head.click()
      expect(await head.getAttribute('aria-sort')).toBe('descending')
      const values = (await column(page, 5)).map(Number)
      expect(values).toEqual(values.toSorted((a, b) => b - a))
      await page.locator('#models th button', { hasText: 'diversity' }).first().press('Enter')
      expect(await head.getAttribute('aria-sort')).toBe('ascending')
      const turned = (await column(page, 5)).map(Number)
      expect(turned).toEqual(values.toReversed())
      await page.locator('#models th button', { hasText: /^model$/ }).click()
      expect(await column(page, 1)).toEqual(before.map(String).toSorted())
    })
  })

  it('has few columns until all are asked for, and saves all of them', async () => {
    await visit(usual, async ({ page }) => {
      const seen = () => page.locator('#models .heads th:visible').count()
      const all = await page.locator('#models .heads th').count()
      expect(await seen()).toBeLessThan(all)
      const button = page.locator('#models .tools .columns')
      expect(await button.getAttribute('aria-expanded')).toBe('false')
      await button.click()
      expect(await seen()).toBe(all)
      expect(await button.textContent()).toBe('Fewer columns')
      const spans = await page
        .locator('#models .groups > *:visible')
        .evaluateAll(cells => cells.map(cell => (cell as unknown as { colSpan: number }).colSpan))
      expect(spans.reduce((sum, span) => sum + span, 0)).toBe(all)
    })
  })

  it('saves all figures as one ZIP file', async () => {
    await visit(usual, async ({ page }) => {
      const button = page.locator('button', { hasText: 'Save all figures' })
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
      expect(download.suggestedFilename()).toBe('figures.zip')
      const path = await download.path()
      const zip = await yauzl.openPromise(path, { autoClose: false })
      const names: string[] = []
      for await (const entry of zip.eachEntry()) {
        names.push(entry.fileName)
        const svg = await text(await zip.openReadStreamPromise(entry))
        expect(elementsOf(svg)[0].attributes['xmlns']).toBe('http://www.w3.org/2000/svg')
      }
      zip.close()
      // Python compares the checksums too.
      expect(execFileSync('python3', ['-m', 'zipfile', '--test', path]).toString()).toContain('Done testing')
      expect(names).toHaveLength(await page.locator('figure svg').count())
      expect(new Set(names).size).toBe(names.length)
    })
  })

  it('shows which motifs each model found, and how far models agree', async () => {
    await visit(usual, async ({ page }) => {
      const found = page.locator('table[data-name=motifs] tbody tr')
      expect(await found.first().locator('th').textContent()).toContain('<i>SRF</i>')
      expect(Number(await found.first().locator('td').first().textContent())).toBeGreaterThan(1)
      const cells = page.locator('#agreement svg .tipped')
      expect(await cells.count()).toBe(5 * 4)
      await cells.first().hover()
      expect(await page.locator('.tip').textContent()).toMatch(
        /^model-\S+\nmodel-\S+\nagreement 0\.\d+ ± 0\.010\n90 maps$/,
      )
    })
  })

  it('has no serious fault of accessibility, light or dark, on a screen or a phone', async () => {
    for (const options of [
      { colorScheme: 'light' as const },
      { colorScheme: 'dark' as const, viewport: { width: 390, height: 800 } },
    ]) {
      await visit(
        usual,
        async ({ page }) => {
          await page.addScriptTag({ content: axe.source })
          const { violations } = await page.evaluate<AxeResults>('axe.run()')
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          expect(
            serious.map(
              ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('; ')}`,
            ),
          ).toEqual([])
        },
        { ...options, bypassCSP: true },
      )
    }
  })

  it('prints a summary of a page', async () => {
    await visit(usual, async ({ page }) => {
      await page.evaluate('window.print = () => {}')
      await page.locator('button', { hasText: 'Print a summary' }).click()
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('section:visible').evaluateAll(all => all.map(({ id }) => id))).toEqual([
        'models',
        'consistency',
        'generalisation',
      ])
      await page.setViewportSize({ width: 794, height: 1123 })
      await page.screenshot({ path: `${PICTURES}summary.png` })
      const pdf = await page.pdf({ format: 'A4' })
      expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1)
    })
  })

  it('shows a tip over a point and lights its model everywhere, by pointer and by keyboard', async () => {
    await visit(usual, async ({ page }) => {
      const point = page.locator('#generalisation .point').first()
      await point.hover()
      const tip = page.locator('.tip')
      expect(await tip.isVisible()).toBe(true)
      expect(await tip.textContent()).toMatch(/^model-\S+\nauroc 0\.97\d\d\nk-mer −?\d/)
      const model = await point.getAttribute('data-model')
      expect(await page.locator(`[data-model="${model}"]:not(.lit)`).count()).toBe(0)
      expect(await page.locator(`[data-model="${model}"].lit`).count()).toBeGreaterThan(4)
      await page.keyboard.press('Escape')
      expect(await tip.isVisible()).toBe(false)
      await page.locator('#generalisation .point').nth(1).focus()
      expect(await tip.isVisible()).toBe(true)
      await page.screenshot({ path: `${PICTURES}tip.png` })
    })
  })

  it('draws a loss with the better side to the left, and says in a table which models have rings', async () => {
    await visit(lower, async ({ page }) => {
      const section = page.locator('#generalisation')
      expect(await section.locator('svg .label', { hasText: 'loss, better ←' }).count()).toBe(2)
      expect(await section.locator('svg .label', { hasText: '(nats), better →' }).count()).toBe(2)
      for (const [i, metric] of ['k-mer', 'angular'].entries()) {
        const rings = section.locator('svg').nth(i).locator('.unbeaten')
        const ringed = await rings.evaluateAll(all => all.map(ring => ring.getAttribute('data-of')))
        expect(ringed.length, metric).toBeGreaterThan(0)
        const told = await section
          .locator(`tr[data-model]:has(:nth-child(${5 + i})[data-value="yes"])`)
          .evaluateAll(rows => rows.map(row => row.getAttribute('data-model')))
        expect(new Set(told), metric).toEqual(new Set(ringed))
      }
      await section.screenshot({ path: `${PICTURES}lower.png` })
    })
  })

  it('leads from a point to what is said of its model', async () => {
    await visit(usual, async ({ page }) => {
      const closed = page.locator('details.model:not([open])').first()
      const anchor = await closed.getAttribute('id')
      await page.locator(`#consistency .point[data-model="${anchor}"]`).first().click()
      expect(await page.locator(`#${anchor}`).getAttribute('open')).not.toBeNull()
      expect(new URL(page.url()).hash).toBe(`#${anchor}`)
    })
  })

  it('saves figures as SVG and PNG and tables as CSV', async () => {
    await visit(usual, async ({ page }) => {
      const saved = async (button: ReturnType<Page['locator']>) => {
        const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
      }
      const csv = await saved(page.locator('#models .tools button', { hasText: 'CSV' }))
      expect(csv.name).toBe('models.csv')
      const lines = csv.bytes.toString().split('\r\n')
      expect(lines[0]).toMatch(
        /^model,performance auroc,performance activation,k-mer \(nats\) cross-validated,/,
      )
      expect(lines).toHaveLength(7)
      expect(Number(lines[1].split(',')[3])).toBeGreaterThan(0.1)
      for (const section of ['#consistency', '#patterns', '#maps']) {
        const svg = await saved(page.locator(`${section} .tools button`, { hasText: 'SVG' }).first())
        const elements = elementsOf(svg.bytes.toString())
        expect(elements[0].attributes['xmlns']).toBe('http://www.w3.org/2000/svg')
        expect(svg.bytes.toString()).not.toContain('var(--')
        const png = await saved(page.locator(`${section} .tools button`, { hasText: 'PNG' }).first())
        expect(png.name).toBe(svg.name.replace('.svg', '.png'))
        expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
        expect(png.bytes.length).toBeGreaterThan(10_000)
        writeFileSync(`${PICTURES}saved-${png.name}`, png.bytes)
      }
    })
  })

  it('fits from a small phone to a wide wall, text as large as it should be', async () => {
    for (const width of [320, 390, 768, 1280, 1920, 2560]) {
      await visit(
        usual,
        async ({ page }) => {
          const [wide, seen] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, innerWidth]',
          )
          expect(wide, `${width}`).toBeLessThanOrEqual(seen)
          await page.screenshot({ path: `${PICTURES}width-${width}.png`, fullPage: width < 1000 })
        },
        { viewport: { width, height: 900 } },
      )
    }
  })

  it('prints all of it', async () => {
    await visit(usual, async ({ page }) => {
      const pdf = await page.pdf({ format: 'A4' })
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
      writeFileSync(`${PICTURES}print.pdf`, pdf)
      await page.emulateMedia({ media: 'print' })
      await page.evaluate('dispatchEvent(new Event("beforeprint"))')
      expect(await page.locator('details:not([open])').count()).toBe(0)
      await page.setViewportSize({ width: 794, height: 1123 })
      await page.screenshot({ path: `${PICTURES}print.png`, fullPage: true })
    })
  })

  it('lets nothing run or break that a name or id says', async () => {
    await visit(hostile, async ({ page }) => {
      expect(await page.title()).toBe('Consistency of attribution maps')
      expect(await page.locator('script').count()).toBe(1)
      expect(await page.locator('main img, main script, main iframe').count()).toBe(0)
      expect(await page.locator('section').count()).toBe(10)
      const names = await page
        .locator('#models tbody th')
        .evaluateAll(cells => cells.map(cell => cell.textContent))
      expect(names).toContain('<script>document.title="owned"</script>')
      expect(names).toContain('&lt;b&gt;&amp;')
      for (const point of await page.locator('#consistency .point').all()) await point.hover({ force: true })
      expect(await page.title()).toBe('Consistency of attribution maps')
      await page.screenshot({ path: `${PICTURES}hostile.png`, fullPage: true })
    })
  })

  it('runs no script but its own, even one that gets in', async () => {
    const text = readFileSync(usual, 'utf8')
    const file = join(folder, 'broken-into.html')
    writeFileSync(
      file,
      text.replace(
        '<main>',
        '<main><script>document.title = "owned"</script><img src="https://example.org/x.png" onerror="document.title = 1">',
      ),
    )
    const context = await browser.newContext()
    try {
      const { page, said } = await openFile(context, file)
      expect(await page.title()).toBe('Consistency of attribution maps')
      expect(said.filter(line => line.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2)
    } finally {
      await context.close()
    }
  })

  it('opens with 100 models and 200 maps, and stays small', async () => {
    expect(readFileSync(large).length).toBeLessThan(10 * 2 ** 20)
    await visit(large, async ({ page }) => {
      const ms = await page.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventEnd')
      console.info(
        `100 models and 200 maps: ${(readFileSync(large).length / 2 ** 20).toFixed(1)} MB, load after ${Math.round(ms)} ms`,
      )
      expect(await page.locator('#models tbody tr').count()).toBe(100)
      expect(await page.locator('#maps figure').count()).toBe(200)
      await page.screenshot({ path: `${PICTURES}large.png` })
    })
  })
})
