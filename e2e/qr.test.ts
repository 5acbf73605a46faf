import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import encodeQR from 'qr'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** One frame of 640 × 480 that shows a QR code, as the file that Chromium plays in place of a camera. */
function videoOf(text: string): Buffer {
  const [width, height, scale] = [640, 480, 7]
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const luma = Buffer.alloc(width * height, 235)
  const [left, top] = [Math.floor((width - rows.length * scale) / 2), Math.floor((height - rows.length * scale) / 2)]
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      for (let line = 0; dark && line < scale; line += 1) {
        const start = (top + y * scale + line) * width + left + x * scale
        luma.fill(16, start, start + scale)
      }
    })
  })
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420jpeg\n`), frame, frame])
}

async function lookForLink(who: Person): Promise<void> {
  await who.open()
  await who.page.getByRole('button', { name: /^Join with a link/ }).click()
}

test('a picture of the QR code on the inviter’s screen is as good as the link', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  await anna.page.getByRole('button', { name: /^Show QR code/ }).click()
  const picture = await anna.page.getByRole('img', { name: /^QR code: Link for device 2/ }).screenshot()

  await lookForLink(ben)
  const chooser = ben.page.getByLabel('Choose a picture of the code')
  await chooser.setInputFiles({ name: 'holiday.png', mimeType: 'image/png', buffer: await ben.page.screenshot() })
  await expect(ben.page.getByRole('alert')).toContainText('There is no QR code in this picture.')
  await chooser.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') })
  await expect(ben.page.getByRole('alert')).toContainText('This file is not a picture')
  await chooser.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
  await expect(ben.page.getByText('You are invited to hold one part of a wallet.')).toBeVisible()
  await ben.introduce()
  await ben.button('Join').click()
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
})

test('the camera finds the code on the inviter’s screen, and its light goes out', async ({ person, playwright, launchOptions, folder }) => {
  const anna = await person('Anna')
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  const video = join(folder, 'camera.y4m')
  await writeFile(video, videoOf(link))
  const phone = await playwright.chromium.launch({
    ...launchOptions,
    args: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`],
  })
  const context = await phone.newContext({ viewport: { width: 390, height: 844 } })
  // What the page has asked of the camera, and whether it still uses it.
  await context.addInitScript(() => {
    const tracks: MediaStreamTrack[] = []
    Object.assign(window, { cameraStates: () => tracks.map((track) => track.readyState) })
    // The empty page that comes before has none.
    if (!isSecureContext) return
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted)
      tracks.push(...stream.getTracks())
      return stream
    }
  })
  const ben = await person('Ben', { browser: context })
  await lookForLink(ben)
  await ben.button('Scan with the camera').click()
  await expect(ben.page.getByRole('alert')).toContainText('The browser does not let this page use the camera.')
  await context.grantPermissions(['camera'])
  await ben.button('Scan with the camera').click()
  await expect(ben.page.getByText('You are invited to hold one part of a wallet.')).toBeVisible()
  expect(await ben.page.evaluate('cameraStates()')).toEqual(['ended'])
  await ben.introduce()
  await ben.button('Join').click()
  await expect(anna.button('Make the wallet together')).toBeVisible()
  await context.close()
  await phone.close()
})

test('a code that is no Trivet link says so', async ({ person, playwright, launchOptions, folder }) => {
  const video = join(folder, 'camera.y4m')
  await writeFile(video, videoOf('WIFI:S:home;T:WPA;P:a secret of somebody;;'))
  const phone = await playwright.chromium.launch({
    ...launchOptions,
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${video}`],
  })
  const context = await phone.newContext()
  const ben = await person('Ben', { browser: context })
  await lookForLink(ben)
  await ben.button('Scan with the camera').click()
  await expect(ben.page.getByRole('alert').first()).toContainText('This is not a Trivet link.')
  await context.close()
  await phone.close()
})
