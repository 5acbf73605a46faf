export { openChannel } from './channel.ts'
export type { Channel, ChannelState } from './types.ts'
