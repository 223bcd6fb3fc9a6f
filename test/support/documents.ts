import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Every Markdown file of the repository, as its path there, but the history and what is generated. */
export const DOCUMENTS: readonly string[] = globSync('**/*.md', {
  cwd: ROOT,
  ignore: ['CHANGELOG.md', 'docs/api/**', 'dist/**', 'node_modules/**', 'results/**'],
}).toSorted()

/** A fenced block of a document. */
export interface Block {
  readonly document: string
  readonly line: number
  readonly language: string
  readonly text: string
}

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8')
}

/** The blocks of a document in their order. */
export function blocksOf(document: string): Block[] {
  const text = textOf(document)
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(found => ({
    document,
    line: text.slice(0, found.index).split('\n').length,
    language: found[1],
    text: found[2],
  }))
}

/** The block of a document that holds some words. Throws unless it is one. */
export function blockWith(document: string, words: string): string {
  const found = blocksOf(document).filter(({ text }) => text.includes(words))
  if (found.length !== 1) throw new Error(`${document}: ${found.length} blocks hold ${words}, expected one`)
  return found[0].text
}
