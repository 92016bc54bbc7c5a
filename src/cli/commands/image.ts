import { Command } from 'commander';
import { imageCaptureCommand } from './image-capture.ts';
import { imageExportCommand } from './image-export.ts';
import { imageImportCommand } from './image-import.ts';
import { imageListCommand } from './image-list.ts';
import { imageRemoveCommand } from './image-remove.ts';
import { imageShowCommand } from './image-show.ts';
import { imageVerifyCommand } from './image-verify.ts';

/** `swarmboot image`: golden images and the store that they are in. */
export function imageCommand(): Command {
  return new Command('image')
    .description('Golden images: makes them, checks them, hands them out.')
    .addCommand(imageCaptureCommand())
    .addCommand(imageListCommand())
    .addCommand(imageShowCommand())
    .addCommand(imageVerifyCommand())
    .addCommand(imageRemoveCommand())
    .addCommand(imageImportCommand())
    .addCommand(imageExportCommand());
}
