# The house's own rule, before any of the inbox's owner.
require ["fileinto"];
if header :is "X-Spam-Flag" "YES" {
  fileinto "Rubbish";
  stop;
}
