export { openChannel } from './channel.ts'
export type { Channel, ChannelOptions, ChannelState, OpenChannel } from './types.ts'
