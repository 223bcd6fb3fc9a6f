/**
 * The JSON Schema of scores.json, from the types that its writer has: `node .schema.mjs` writes docs/scores.schema.json,
 * `node .schema.mjs --check` fails if it is not what the types say.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'
import { FORMER_KEYS } from './dist/results/json-keys.js'

const ROOT = dirname(fileURLToPath(import.meta.url))
const FILE = join(ROOT, 'docs/scores.schema.json')

const former = new Set(Object.values(FORMER_KEYS))

/** Names of properties in snake case, as they are written: TypeScript has those of options in camel case. */
function inSnakeCase(schema) {
  if (Array.isArray(schema)) return schema.map(inSnakeCase)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key === 'properties') return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [snake(name), inSnakeCase(inner)]))]
    if (key === 'required') return [key, value.map(snake)]
    return [key, inSnakeCase(value)]
  })
  return Object.fromEntries(entries)
}

const snake = name => former.has(name) ? name : name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const schema = createGenerator({
  path: join(ROOT, 'src/results/document.ts'),
  tsconfig: join(ROOT, 'tsconfig.json'),
  type: 'ScoreDocument',
  skipTypeCheck: true,
}).createSchema('ScoreDocument')
for (const [key, former] of Object.entries(FORMER_KEYS)) {
  const { properties } = schema.definitions.ModelScore
  properties[former] = { ...properties[key], description: `Former name of ${key}.`, deprecated: true }
}
const text = `${JSON.stringify({ title: 'scores.json of attrstream', ...inSnakeCase(schema) }, null, 2)}\n`

if (process.argv[2] === '--check') {
  if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
    console.error('docs/scores.schema.json is not what the types in src/results/document.ts say: run npm run schema')
    process.exitCode = 1
  }
} else {
  await writeFile(FILE, text)
}
