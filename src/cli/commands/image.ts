import { Command } from 'commander';
import { imageExportCommand } from './image-export.ts';
import { imageImportCommand } from './image-import.ts';

/** `swarmboot image`: golden images and the store that they are in. */
export function imageCommand(): Command {
  return new Command('image')
    .description('Golden images: makes them, hands them out.')
    .addCommand(imageImportCommand())
    .addCommand(imageExportCommand());
}
