/**
 * The picture of which folder of `src` imports which, from the import lines: `node docs/dependencies.mjs` writes it into
 * architecture.md, `--check` fails where the page shows another one.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SRC = join(ROOT, 'src')
const PAGE = join(ROOT, 'docs/architecture.md')
const [BEGIN, END] = ['<!-- dependencies: begin -->', '<!-- dependencies: end -->']

/** The folders of `src`, each with those that its files import. */
export function folderImports() {
  const found = new Map()
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    const file = name.replaceAll('\\', '/')
    if (!file.endsWith('.ts') || file.endsWith('.d.ts') || !file.includes('/') || file.includes('assembly/')) {
      continue
    }
    const folder = file.split('/')[0]
    const imports = found.get(folder) ?? new Set()
    found.set(folder, imports)
    const text = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    for (const [, path] of text.matchAll(/(?:\sfrom\s+|\bimport\(\s*)'(\.[^']+)'/g)) {
      const to = relative(SRC, normalize(join(SRC, dirname(file), path))).replaceAll('\\', '/')
      if (to.includes('/') && to.split('/')[0] !== folder) imports.add(to.split('/')[0])
    }
  }
  return found
}

/** A line a folder, each below all that it imports. */
export function dependencyPicture() {
  const left = folderImports()
  const done = []
  while (left.size > 0) {
    const free = [...left.keys()]
      .filter(name => [...left.get(name)].every(to => done.includes(to)))
      .toSorted((a, b) => (a < b ? -1 : 1))
    if (free.length === 0) throw new Error(`folders import each other: ${[...left.keys()].join(', ')}`)
    done.push(free[0])
    left.delete(free[0])
  }
  const all = folderImports()
  const width = Math.max(...done.map(name => name.length))
  return done
    .map(name =>
      `${name.padEnd(width)}  ${done.filter(to => all.get(name)?.has(to)).join(' ') || '-'}`.trimEnd(),
    )
    .join('\n')
}

/** The page with the picture of the present imports. */
export function withPicture(page) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < 0) throw new Error('docs/architecture.md has no place for the dependencies')
  return `${page.slice(0, begin)}${BEGIN}\n\`\`\`text\n${dependencyPicture()}\n\`\`\`\n${page.slice(end)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(PAGE, 'utf8')
  const next = withPicture(page)
  if (process.argv.includes('--check')) {
    if (next !== page) throw new Error('docs/architecture.md is stale: run node docs/dependencies.mjs')
  } else writeFileSync(PAGE, next)
}
