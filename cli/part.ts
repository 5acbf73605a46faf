/** What the command line gives to a part. */
export interface PartOptions {
  /** Path of a YAML file. */
  readonly config?: string
  /** Address of a page that is served elsewhere. */
  readonly page?: string
  /** What stands behind the part's name, where it takes files. */
  readonly files?: readonly string[]
  /** Keys below the wallet's, as m/0/5. */
  readonly paths?: readonly string[]
}
