import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests of what users install, by `npm run test:install`: `npm test` leaves them out. */
// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  test: {
    dir: 'test/slow/install',
    include: ['**/*.install.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
