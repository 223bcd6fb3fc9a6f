import { createRequire } from 'node:module'

/** Version of the package, as package.json has it. */
export const VERSION: string = (createRequire(import.meta.url)('../package.json') as { version: string })
  .version
