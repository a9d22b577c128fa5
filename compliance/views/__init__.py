"""The pages of compliance outside of the admin. One module for each subject."""
