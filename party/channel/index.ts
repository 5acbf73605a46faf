export { openChannel } from './channel.ts'
export type { Channel, ChannelEvents, ChannelOptions, ChannelState } from './types.ts'
