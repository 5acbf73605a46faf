/**
 * Finds the groups of files that import each other in a circle (Tarjan's strongly connected components).
 * @param {ReadonlyMap<string, readonly string[]>} graph file → files it imports
 * @returns {string[][]} each group sorted, the groups by their first file
 */
export function cycles(graph) {
  /** @type {Map<string, { index: number, low: number, onStack: boolean }>} */
  const seen = new Map()
  /** @type {string[]} */
  const stack = []
  /** @type {string[][]} */
  const groups = []

  /** @param {string} file */
  const visit = (file) => {
    const state = { index: seen.size, low: seen.size, onStack: true }
    seen.set(file, state)
    stack.push(file)
    for (const next of graph.get(file) ?? []) {
      const known = seen.get(next)
      if (known === undefined) state.low = Math.min(state.low, visit(next).low)
      else if (known.onStack) state.low = Math.min(state.low, known.index)
    }
    if (state.low === state.index) close(file)
    return state
  }

  /** @param {string} file the first file of its group that was visited */
  const close = (file) => {
    const group = stack.splice(stack.indexOf(file))
    for (const member of group) {
      const state = seen.get(member)
      if (state !== undefined) state.onStack = false
    }
    if (group.length > 1 || graph.get(file)?.includes(file) === true) groups.push(group.sort())
  }

  for (const file of graph.keys()) if (!seen.has(file)) visit(file)
  return groups.sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? ''))
}
