/** Where Windows looks for an answer file of its own (Microsoft, "Windows Setup Automation Overview", implicit search). */
export const ANSWER_FOLDERS = ['Windows/Panther/Unattend', 'Windows/Panther'] as const;

/**
 * The answer file that gives a Windows its computer name in the pass `specialize`, which only an image runs through that
 * was generalised by sysprep. In one that an operator has put into the image only the name is changed.
 * @param present text of the file in the image, or undefined
 * @returns undefined where the file that is present has no ComputerName to be changed
 */
export function answerFileWith(name: string, present?: string): string | undefined {
  if (present === undefined) return minimalAnswerFile(name);
  const changed = present.replace(/(<ComputerName(?:\s[^>]*)?>)[^<]*(<\/ComputerName>)/g, `$1${name}$2`);
  return changed.includes(`>${name}</ComputerName>`) ? changed : undefined;
}

function minimalAnswerFile(name: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="specialize">
    <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <ComputerName>${name}</ComputerName>
    </component>
  </settings>
</unattend>
`;
}
