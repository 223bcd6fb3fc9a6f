import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pause } from '../../support/cli.js'

/** A running OpenStack Swift with its S3 interface. */
export interface Swift {
  readonly endpoint: string
  stop(): Promise<void>
}

export const ACCESS_KEY = 'test:tester'
export const SECRET_KEY = 'testing'

const SERVERS = ['account', 'container', 'object'] as const

/** Whether Swift and memcached are installed. */
export function haveSwift(): boolean {
  try {
    for (const program of ['swift-proxy-server', 'swift-ring-builder', 'memcached']) {
      execFileSync('which', [program], { stdio: 'ignore' })
    }
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

/** Starts Swift in a folder: a proxy and one server each of accounts, containers and objects, on one device. */
export async function startSwift(folder: string): Promise<Swift> {
  const [proxy, memcached, ...ports] = await Promise.all(Array.from({ length: 5 }, freePort))
  const etc = join(folder, 'etc')
  mkdirSync(etc)
  mkdirSync(join(folder, 'devices/d1'), { recursive: true })
  writeFileSync(
    join(etc, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = suffix\nswift_hash_path_prefix = prefix\n',
  )
  const children: ChildProcess[] = []
  const start = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, SWIFT_CONF_DIR: etc, PYTHONWARNINGS: 'ignore' },
      stdio: 'ignore',
    })
    children.push(child)
  }
  for (const [i, server] of SERVERS.entries()) {
    const builder = join(etc, `${server}.builder`)
    const ring = (...args: string[]) =>
      execFileSync('swift-ring-builder', [builder, ...args], { cwd: etc, stdio: 'ignore' })
    ring('create', '4', '1', '0')
    ring(
      'add',
      '--region',
      '1',
      '--zone',
      '1',
      '--ip',
      '127.0.0.1',
      '--port',
      String(ports[i]),
      '--device',
      'd1',
      '--weight',
      '1',
    )
    ring('rebalance')
    const conf = join(etc, `${server}-server.conf`)
    writeFileSync(conf, serverConf(server, ports[i], folder, etc))
    start(`swift-${server}-server`, [conf])
  }
  start('memcached', ['-u', 'root', '-l', '127.0.0.1', '-p', String(memcached)])
  const conf = join(etc, 'proxy-server.conf')
  writeFileSync(conf, proxyConf(proxy, memcached, etc))
  start('swift-proxy-server', [conf])
  for (const port of [proxy, memcached, ...ports]) await reachable(port)
  return {
    endpoint: `http://127.0.0.1:${proxy}`,
    async stop() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const ended = new Promise(resolve => child.once('close', resolve))
        child.kill('SIGTERM')
        await ended
      }
    },
  }
}

function serverConf(server: (typeof SERVERS)[number], port: number, folder: string, etc: string): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = root
swift_dir = ${etc}
devices = ${join(folder, 'devices')}
mount_check = false

[pipeline:main]
pipeline = ${server}-server

[app:${server}-server]
use = egg:swift#${server}
`
}

function proxyConf(port: number, memcached: number, etc: string): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = root
swift_dir = ${etc}

[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo proxy-server

[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true

[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${SECRET_KEY} .admin

[filter:s3api]
use = egg:swift#s3api
location = us-east-1

[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcached}

${['catch_errors', 'gatekeeper', 'healthcheck', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo']
  .map(name => `[filter:${name}]\nuse = egg:swift#${name}\n`)
  .join('\n')}`
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const connected = await new Promise<boolean>(resolve => {
      const socket = createConnection(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('close', () => {})
      socket.once('connect', () => socket.destroy())
    })
    if (connected) return
    await pause(100)
  }
  throw new Error(`nothing listens on port ${port} after a minute`)
}
