#!/usr/bin/env node

// No syntax and no import that Node 14 lacks: an old Node must get as far as this check.

/** The oldest Node that attrstream runs on, as `engines` of package.json has it. */
const [MAJOR, MINOR] = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > MAJOR || (major === MAJOR && minor >= MINOR)) {
  const { guardStreams, runCommandLine } = await import('./program.js')
  guardStreams()
  await runCommandLine(process.argv.slice(2))
} else {
  process.stderr.write(
    `attrstream: Node ${MAJOR}.${MINOR} or newer is needed, this is ${process.versions.node} (${process.execPath})\n`,
  )
  process.exitCode = 1
}
