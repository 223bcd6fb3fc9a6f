/** Preloaded into measured processes: leaves peak memory (MB), CPU seconds and those to the first batch behind in a file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage()
    const [first] = performance.getEntriesByName('attrstream: first batch')
    const usage = {
      peakMb: peakKb() / 1024,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      firstBatchSeconds: first && first.startTime / 1000, // since the process began
    }
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage))
  })
}

/** Linux counts what the starting process took into `maxRSS`, but not into VmHWM. */
function peakKb() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
}
