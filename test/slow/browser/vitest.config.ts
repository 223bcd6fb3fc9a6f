import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  test: {
    dir: 'test/slow/browser',
    include: ['**/*.browser.ts'],
    globalSetup: 'test/support/build.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
