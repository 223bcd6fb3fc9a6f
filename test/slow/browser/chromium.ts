import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where Debian's package puts the browser; another is named by CHROMIUM. */
const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** As headless and as quiet as it can be: no update, no sync, no request of its own. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the browser; a fresh profile, which is deleted when it ends. Throws where there is none. */
export function startBrowser(): Promise<Browser> {
  if (!existsSync(PROGRAM)) {
    throw new Error(`no browser at ${PROGRAM}: apt-get install chromium, or name one with CHROMIUM`)
  }
  return chromium.launch({ executablePath: PROGRAM, args: FLAGS })
}

export interface Opened {
  readonly page: Page
  /** What the page said on its console, and errors. */
  readonly said: string[]
  /** Addresses that it asked for, its own file and what it holds itself left out. */
  readonly asked: string[]
}

/** Opens a file in a new tab and notes all that it says and asks for. */
export async function openFile(context: BrowserContext, file: string): Promise<Opened> {
  const page = await context.newPage()
  const said: string[] = []
  const asked: string[] = []
  const address = `file://${file}`
  page.on('console', message => said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => said.push(`error: ${error.message}`))
  page.on('request', request => {
    const url = request.url()
    if (url.split('#')[0] !== address && !/^(data|blob):/.test(url)) asked.push(url)
  })
  await page.goto(address, { waitUntil: 'load' })
  return { page, said, asked }
}
