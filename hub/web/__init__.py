"""What all pages share: the door, languages, formats, errors, headers, layout. It knows no capability."""
