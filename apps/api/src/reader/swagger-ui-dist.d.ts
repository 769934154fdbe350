declare module 'swagger-ui-dist/absolute-path.js' {
  /** The directory of the package. */
  const absolutePath: () => string;
  export = absolutePath;
}
