/** What the command line gives to a part. */
export interface PartOptions {
  /** Path of a YAML file. */
  readonly config?: string
  /** Address of a page that is served elsewhere. */
  readonly page?: string
}
