#!/usr/bin/env node

// No syntax and no import that Node 14 lacks: an old Node must get as far as this check.

/** The oldest Node that attrstream runs on, as `engines` of package.json has it. */
const [MAJOR, MINOR] = [20, 19]

/** Loads the program and runs it. Where it cannot be loaded, as with too few files allowed, a later try may succeed. */
async function run() {
  let program
  try {
    program = await import('./program.js')
  } catch (error) {
    process.stderr.write(`attrstream: the program cannot be loaded: ${String(error)}\n`)
    process.exitCode = 75
    return
  }
  program.guardStreams()
  await program.runCommandLine(process.argv.slice(2))
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > MAJOR || (major === MAJOR && minor >= MINOR)) {
  const {
    endWithParent,
    isAddressSpaceLimited: lacksAddressSpace,
    runWithoutGuards,
  } = await import('./address-space.js')
  if (lacksAddressSpace()) {
    runWithoutGuards()
  } else {
    endWithParent()
    await run()
  }
} else {
  process.stderr.write(
    `attrstream: Node ${MAJOR}.${MINOR} or newer is needed, this is ${process.versions.node} (${process.execPath})\n`,
  )
  process.exitCode = 1
}
