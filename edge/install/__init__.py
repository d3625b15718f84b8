"""`pims-edge install`: units, udev, users, folders, boot settings of a Raspberry Pi, and how to take them back."""
