export { openChannel } from './channel.ts'
export type { Channel, ChannelEvents, ChannelOptions, ChannelState } from './channel.ts'
