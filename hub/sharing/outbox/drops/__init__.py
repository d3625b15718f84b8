"""Files for agencies that have nothing else: a folder or an SFTP server gets a table a day, and gives tables back."""
