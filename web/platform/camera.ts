/** The camera, as far as the page needs one: to look at a QR code. */

/** Why there is no picture, for a person to be told. */
export type CameraProblem = 'denied' | 'missing' | 'taken' | 'failed'

type Devices = Pick<MediaDevices, 'enumerateDevices' | 'getUserMedia'>

/** Names of the DOMExceptions with which browsers refuse. Source: Media Capture and Streams, 10.2 and 10.3. */
const PROBLEMS: Readonly<Record<string, CameraProblem>> = {
  NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing', NotReadableError: 'taken', AbortError: 'taken',
}

/** Whether this device seems to have a camera; asks nobody for permission. @param devices `navigator.mediaDevices`, which old browsers lack */
export async function hasCamera(devices: Devices | undefined): Promise<boolean> {
  try {
    const found = (await devices?.enumerateDevices()) ?? []
    return found.some(({ kind }) => kind === 'videoinput')
  } catch {
    return false
  }
}

/** Asks the person for a camera, if there is a choice for the one that looks away from them. @throws {DOMException} */
export function openCamera(devices: Devices): Promise<MediaStream> {
  return devices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } })
}

/** Its light goes out. */
export function closeCamera(stream: { getTracks(): readonly Pick<MediaStreamTrack, 'stop'>[] }): void {
  for (const track of stream.getTracks()) track.stop()
}

export function problemOf(error: unknown): CameraProblem {
  return (error instanceof Error ? PROBLEMS[error.name] : undefined) ?? 'failed'
}
