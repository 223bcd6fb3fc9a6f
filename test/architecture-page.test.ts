import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const page = readFileSync(new URL('docs/architecture.md', ROOT), 'utf8')

it('the architecture page has a row for every folder of src, and for no other', () => {
  const table = page.slice(page.indexOf('## Folders'), page.indexOf('`index.ts` has'))
  const named = [...table.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name)
  const folders = readdirSync(new URL('src/', ROOT), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
  expect(named.toSorted()).toEqual(folders.toSorted())
})

it('shows the present imports of folders', async () => {
  const { withPicture } = (await import(new URL('docs/dependencies.mjs', ROOT).href)) as {
    withPicture: (page: string) => string
  }
  expect(withPicture(page), 'run node docs/dependencies.mjs').toBe(page)
})

it('names only files and folders that exist', () => {
  const listed = page.slice(page.indexOf('## Ten files'), page.indexOf('## Folders'))
  const files = [...listed.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, name]) => name)
  expect(files).toHaveLength(10)
  const paths = [...page.matchAll(/`([a-z]+(?:\/[\w-]+)+(?:\.[a-z.]+|\/)?)`/g)].map(([, name]) => name)
  const missing = [...files, ...paths].filter(
    path => !['', 'src/'].some(base => existsSync(new URL(base + path, ROOT))),
  )
  expect(missing).toEqual([])
})
