// Loaded ahead of attrstream: a read of a file takes a fifth of a second, as from far storage, and no time of a core.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const READ_MS = 200

const file = await open(fileURLToPath(import.meta.url))
const handle = Object.getPrototypeOf(file)
await file.close()
const { read } = handle
const { readSync } = fs
const sleeper = new Int32Array(new SharedArrayBuffer(4))

handle.read = async function (...args) {
  await setTimeout(READ_MS)
  return read.apply(this, args)
}
fs.readSync = (...args) => {
  Atomics.wait(sleeper, 0, 0, READ_MS)
  return readSync(...args)
}
syncBuiltinESMExports()
