/** Finds QR codes in pictures and in what a camera sees. Fetched when it is first needed. */
import { decodeQR } from 'qr/decode.js'

/** Larger pictures are scaled down: a code that is worth reading has enough of the rest. */
const MAX_SIDE = 2_000
/** A person may wait so long for a photograph; frames of a camera come again. */
const PICTURE_MS = 2_000

type Source = Pick<ImageData, 'data' | 'width' | 'height'>

/** @returns the text of the first QR code in these pixels (RGBA) */
export function readPixels({ data, width, height }: Source, timeLimit?: number): string | undefined {
  try {
    return decodeQR({ data, width, height }, timeLimit === undefined ? {} : { effort: Infinity, timeLimit })
  } catch {
    // There is none that can be read: what else may be wrong with pixels is of no interest.
    return undefined
  }
}

/** @throws {DOMException} where the file is no picture */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file)
  try {
    return readPixels(pixelsOf(new Canvas(), picture, picture.width, picture.height), PICTURE_MS)
  } finally {
    picture.close()
  }
}

/** Looks at each frame of a video that plays until one has a code. @returns a function that stops */
export function watchVideo(video: HTMLVideoElement, found: (text: string) => void): () => void {
  const canvas = new Canvas()
  let stopped = false
  const look = (): void => {
    if (stopped) return
    const { videoWidth: width, videoHeight: height } = video
    const text = width === 0 ? undefined : readPixels(pixelsOf(canvas, video, width, height))
    if (text === undefined) video.requestVideoFrameCallback(look)
    else found(text)
  }
  video.requestVideoFrameCallback(look)
  return () => {
    stopped = true
  }
}

/** Kept from frame to frame. */
class Canvas {
  readonly element = document.createElement('canvas')
  readonly context = this.element.getContext('2d', { willReadFrequently: true, alpha: false })
}

function pixelsOf({ element, context }: Canvas, source: CanvasImageSource, width: number, height: number): Source {
  if (context === null) throw new DOMException('no canvas', 'InvalidStateError')
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height))
  element.width = Math.max(1, Math.round(width * scale))
  element.height = Math.max(1, Math.round(height * scale))
  context.drawImage(source, 0, 0, element.width, element.height)
  return context.getImageData(0, 0, element.width, element.height)
}
