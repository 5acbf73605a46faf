import type { PlaceView } from '@trivet/party'

export type MeshLinkState = 'none' | 'connecting' | 'up' | 'lost'

export interface MeshNode {
  readonly key: number
  readonly label: string
  readonly role: PlaceView['role']
  readonly me: boolean
  readonly state: PlaceView['state']
  /** In a picture of devices that are nobody's. */
  readonly icon?: 'device'
}

export interface MeshLink {
  /** Keys of the nodes it joins, the smaller first. */
  readonly ends: readonly [number, number]
  readonly state: MeshLinkState
  readonly path?: PlaceView['path']
}

/**
 * The connections among all parties as one picture: mine as this device sees them, those among the others as they tell them
 * (up as soon as either end says so).
 */
export function meshOf(
  places: readonly PlaceView[],
  label: (place: PlaceView) => string,
): { nodes: readonly MeshNode[]; links: readonly MeshLink[] } {
  const nodes = places.map((p) => ({ key: p.place, label: label(p), role: p.role, me: p.me, state: p.state }))
  const links = places.flatMap((a, i) => places.slice(i + 1).map((b) => linkOf(a, b)))
  return { nodes, links }
}

function linkOf(a: PlaceView, b: PlaceView): MeshLink {
  const ends: readonly [number, number] = [Math.min(a.place, b.place), Math.max(a.place, b.place)]
  const mine = a.me ? b : b.me ? a : undefined
  if (mine !== undefined) return { ends, state: mine.connection ?? 'none', ...(mine.path === undefined ? {} : { path: mine.path }) }
  const told = tells(a, b) || tells(b, a)
  return { ends, state: told ? 'up' : 'none' }
}

function tells(a: PlaceView, b: PlaceView): boolean {
  return b.index !== undefined && (a.linkedTo ?? []).includes(b.index)
}

/** Centres of `n` nodes on a circle around the origin; the first at the top, or at the left where there are only two. */
export function onCircle(n: number, radius: number): readonly { readonly x: number; readonly y: number }[] {
  const start = n === 2 ? Math.PI : -Math.PI / 2
  return Array.from({ length: n }, (_, i) => {
    const angle = start + (2 * Math.PI * i) / n
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  })
}
