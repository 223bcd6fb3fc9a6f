import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import * as attrstream from '../src/index.js'
import { temporaryFolder } from './support/cli.js'
import { DIST } from './support/dist.js'
import { blocksOf, DOCUMENTS } from './support/documents.js'
import { makeRecords, writeDump } from './support/dumps.js'

// Every example in a comment of the sources is run, and no page recommends what is not exported.

const SRC = fileURLToPath(new URL('../src/', import.meta.url))
const folder = temporaryFolder()
writeDump(join(folder, 'maps.parquet'), makeRecords(60, 200), { rows: 20 })

/** The example of each doc comment, with the lines of the comment that it is in. */
const examples = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .toSorted()
  .flatMap(file => {
    const text = readFileSync(join(SRC, file), 'utf8')
    return [...text.matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)].map(([, block], i) => ({
      name: `${file} ${i + 1}`,
      code: block.replace(/^ *\* ?/gm, ''),
    }))
  })

it('finds the examples, and leaves none out that has another form', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4)
  const fences = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => [...readFileSync(join(SRC, file), 'utf8').matchAll(/^ *\* (```|@example)/gm)])
  expect(fences).toHaveLength(3 * examples.length)
})

it.each(examples)('the example of $name runs, and prints something', ({ name, code }) => {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.mjs`)
  writeFileSync(path, code.replace("'attrstream'", `'${join(DIST, 'index.js')}'`))
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { cwd: folder, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).not.toMatch(/^(undefined)?$/)
})

const imports = DOCUMENTS.flatMap(document =>
  blocksOf(document)
    .filter(({ language }) => /^(ts|js|typescript|javascript)$/.test(language))
    .flatMap(({ line, text }) =>
      [...text.matchAll(/import \{([^}]*)\} from 'attrstream'/g)].flatMap(([, names]) =>
        names
          .split(',')
          .map(name => name.trim())
          .filter(name => name !== '' && !name.startsWith('type '))
          .map(name => ({ place: `${document}:${line}`, name })),
      ),
    ),
)

it('the pages import only what is exported', () => {
  expect(imports.length).toBeGreaterThan(10)
  expect(imports.filter(({ name }) => !(name in attrstream))).toEqual([])
})
