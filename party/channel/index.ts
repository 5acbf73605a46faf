export { openChannel } from './channel.ts'
export type { Channel, ChannelState, OpenChannel } from './types.ts'
