/**
 * The page's one script: tables that sort and are saved as CSV, tips, a model lit wherever it is shown, figures saved as SVG
 * and PNG. It reads what the page holds and asks nothing of anybody. Plain JavaScript of the browsers of today, as text: the
 * page says its digest, and runs no other.
 */
export const PAGE_SCRIPT = String.raw`
(() => {
  'use strict'
  const root = document.documentElement
  root.classList.add('scripted')
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]

  // Tables
  for (const table of all('table.sortable')) {
    const heads = all('.heads th', table)
    heads.forEach((head, column) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      head.append(button)
      head.addEventListener('click', () => {
        const numeric = head.classList.contains('number')
        const down = head.getAttribute('aria-sort') === 'descending' || (!numeric && !head.hasAttribute('aria-sort'))
        const sign = down ? 1 : -1
        const rows = all('tbody tr', table).map((row, at) => ({ row, at, value: row.cells[column].dataset.value }))
        rows.sort((a, b) => {
          if (a.value === '' || b.value === '') return (a.value === '') - (b.value === '') || a.at - b.at
          const order = numeric ? a.value - b.value : a.value < b.value ? -1 : a.value > b.value ? 1 : 0
          return sign * order || a.at - b.at
        })
        for (const other of heads) other.removeAttribute('aria-sort')
        head.setAttribute('aria-sort', down ? 'ascending' : 'descending')
        table.tBodies[0].append(...rows.map(({ row }) => row))
      })
    })
    const bar = tools(table.closest('.table'), [['CSV', () => save(table.dataset.name + '.csv', 'text/csv', csvOf(table))]])
    if (table.querySelector('.more')) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'columns'
      const show = full => {
        table.classList.toggle('few', !full)
        button.textContent = full ? 'Fewer columns' : 'All columns'
        button.setAttribute('aria-expanded', String(full))
        for (const group of all('.groups > *', table)) {
          const span = Number(full ? group.dataset.all : group.dataset.few)
          group.hidden = span === 0
          if (span > 0) group.colSpan = span
        }
      }
      button.addEventListener('click', () => show(table.classList.contains('few')))
      bar.prepend(button)
      show(false)
    }
  }

  function csvOf(table) {
    const field = text => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text)
    const lines = [all('.heads th', table).map(head => head.dataset.head)]
    for (const row of all('tbody tr', table)) lines.push([...row.cells].map(cell => cell.dataset.value))
    return lines.map(line => line.map(field).join(',') + '\r\n').join('')
  }

  // Figures
  for (const svg of all('figure svg')) {
    tools(svg.closest('.canvas'), [
      ['SVG', () => save(svg.dataset.name + '.svg', 'image/svg+xml', textOf(svg))],
      ['PNG', () => savePng(svg)],
    ])
  }

  // All figures, and a page of paper
  const header = document.querySelector('header')
  if (header) {
    const bar = tools(header.lastElementChild, [])
    const add = (text, run) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = text
      button.addEventListener('click', run)
      bar.append(button)
    }
    add('Save all figures', () => {
      const files = all('figure svg').map(svg => [svg.dataset.name + '.svg', textOf(svg)])
      saveBlob('figures.zip', new Blob(zipOf(files), { type: 'application/zip' }))
    })
    add('Print a summary', () => {
      root.classList.add('summary')
      addEventListener('afterprint', () => root.classList.remove('summary'), { once: true })
      print()
    })
  }

  // A ZIP file, its entries stored as they are
  function zipOf(files) {
    const table = Uint32Array.from({ length: 256 }, (_, n) => {
      for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
      return n
    })
    const crcOf = bytes => ~bytes.reduce((crc, byte) => (crc >>> 8) ^ table[(crc ^ byte) & 255], -1) >>> 0
    const fields = (...values) => {
      const view = new DataView(new ArrayBuffer(values.reduce((sum, [size]) => sum + size, 0)))
      let at = 0
      for (const [size, value] of values) {
        if (size === 2) view.setUint16(at, value, true)
        else view.setUint32(at, value, true)
        at += size
      }
      return view.buffer
    }
    const parts = []
    const directory = []
    let at = 0
    let listed = 0
    for (const [name, text] of files) {
      const path = new TextEncoder().encode(name)
      const bytes = new TextEncoder().encode(text)
      // Version 2.0, names in UTF-8, stored, the first day of 1980.
      const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, crcOf(bytes)], [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0]]
      const local = fields([4, 0x04034b50], ...common)
      const entry = fields([4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at])
      parts.push(local, path, bytes)
      directory.push(entry, path)
      at += local.byteLength + path.length + bytes.length
      listed += entry.byteLength + path.length
    }
    const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, listed], [4, at], [2, 0])
    return [...parts, ...directory, end]
  }

  function textOf(svg) {
    const copy = svg.cloneNode(true)
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
    for (const name of ['class', 'data-name']) copy.removeAttribute(name)
    const { width, height } = svg.viewBox.baseVal
    const colours = getComputedStyle(root)
    const rules = document.getElementById('figure-style').textContent
    const style = document.createElementNS('http://www.w3.org/2000/svg', 'style')
    style.textContent = rules.replace(/var\((--\w+)\)/g, (_, name) => colours.getPropertyValue(name).trim())
    const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    paper.setAttribute('width', width)
    paper.setAttribute('height', height)
    paper.setAttribute('fill', colours.getPropertyValue('--paper').trim())
    copy.prepend(style, paper)
    return new XMLSerializer().serializeToString(copy)
  }

  function savePng(svg) {
    const { width, height } = svg.viewBox.baseVal
    const scale = 4
    const image = new Image()
    image.onload = () => {
      const canvas = document.createElement('canvas')
      canvas.width = width * scale
      canvas.height = height * scale
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
      canvas.toBlob(blob => blob && saveBlob(svg.dataset.name + '.png', blob))
    }
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(textOf(svg))
  }

  function tools(after, entries) {
    const bar = document.createElement('div')
    bar.className = 'tools'
    for (const [text, run] of entries) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = text
      button.setAttribute('aria-label', 'Save as ' + text)
      button.addEventListener('click', run)
      bar.append(button)
    }
    after.after(bar)
    return bar
  }

  function save(name, type, text) {
    saveBlob(name, new Blob([text], { type: type + ';charset=utf-8' }))
  }

  function saveBlob(name, blob) {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  }

  // Tips, and a model lit wherever it is shown
  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.hidden = true
  tip.setAttribute('role', 'status')
  document.body.append(tip)
  const isolates = /[\u2068\u2069]/g

  function point(target) {
    const shown = target && target.closest('[data-tip]')
    const model = target && target.closest('[data-model]')
    tip.hidden = !shown
    if (shown) {
      tip.textContent = shown.dataset.tip.replace(isolates, '')
      const box = shown.getBoundingClientRect()
      const left = Math.max(8, Math.min(box.left + box.width / 2 - tip.offsetWidth / 2, root.clientWidth - tip.offsetWidth - 8))
      const above = box.top - tip.offsetHeight - 8
      tip.style.left = left + scrollX + 'px'
      tip.style.top = (above > 4 ? above : box.bottom + 8) + scrollY + 'px'
    }
    for (const lit of all('.lit')) lit.classList.remove('lit')
    for (const dimmed of all('.dimmed')) dimmed.classList.remove('dimmed')
    if (!model) return
    for (const other of all('[data-model="' + CSS.escape(model.dataset.model) + '"]')) other.classList.add('lit')
    for (const svg of all('figure svg')) if (svg.querySelector('.lit')) svg.classList.add('dimmed')
  }
  document.addEventListener('pointerover', event => point(event.target))
  document.addEventListener('focusin', event => point(event.target))
  document.addEventListener('focusout', () => point(null))
  document.addEventListener('keydown', event => event.key === 'Escape' && point(null))

  // A link to a model opens what is said of it
  function open() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
    if (!target) return
    if (target.tagName === 'DETAILS') target.open = true
    target.scrollIntoView()
  }
  addEventListener('hashchange', open)
  open()

  // Paper shows all
  addEventListener('beforeprint', () => all('details').forEach(part => { part.dataset.was = part.open; part.open = !root.classList.contains('summary') }))
  addEventListener('afterprint', () => all('details').forEach(part => (part.open = part.dataset.was === 'true')))
})()
`
