import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests on real engines, by `npm run test:cluster`: `npm test` leaves them out. */
// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  test: {
    dir: 'test/slow/cluster',
    include: ['**/*.cluster.ts'],
    globalSetup: 'test/support/build.ts',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
