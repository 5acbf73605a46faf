import { expect, test } from 'vitest'
import { closeCamera, hasCamera, openCamera, problemOf } from './camera.ts'

const devices = (kinds: readonly string[]) => {
  const asked: unknown[] = []
  return {
    asked,
    enumerateDevices: () => Promise.resolve(kinds.map((kind) => ({ kind }) as MediaDeviceInfo)),
    getUserMedia: (wanted: unknown) => {
      asked.push(wanted)
      return Promise.reject(new DOMException('nobody may', 'NotAllowedError'))
    },
  }
}

test('a device has a camera only if the browser lists one, and nobody is asked for permission to know it', async () => {
  const [both, sound] = [devices(['audioinput', 'videoinput']), devices(['audioinput'])]
  expect(await hasCamera(both)).toBe(true)
  expect(await hasCamera(sound)).toBe(false)
  expect(await hasCamera(undefined)).toBe(false)
  expect(await hasCamera({ ...sound, enumerateDevices: () => Promise.reject(new Error('x')) })).toBe(false)
  expect(both.asked).toEqual([])
})

test('the camera that looks away is asked for, and never the microphone', async () => {
  const both = devices(['videoinput'])
  await expect(openCamera(both)).rejects.toThrow('nobody may')
  expect(both.asked).toMatchObject([{ audio: false, video: { facingMode: 'environment' } }])
})

test('closing stops every track', () => {
  let stopped = 0
  const track = { stop: () => { stopped += 1 } }
  closeCamera({ getTracks: () => [track, track] })
  expect(stopped).toBe(2)
})

test('what the browser says is told apart: not allowed, none, in use', () => {
  const problem = (name: string): string => problemOf(new DOMException('x', name))
  expect(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'TypeError'].map(problem)).toEqual(['denied', 'missing', 'taken', 'failed'])
  expect(problemOf(undefined)).toBe('failed')
})
