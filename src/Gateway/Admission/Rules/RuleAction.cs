namespace OrleansBroker.Gateway.Admission.Rules;

[Flags]
internal enum RuleAction
{
    None = 0,
    Publish = 1,
    Subscribe = 2,
    All = Publish | Subscribe,
}
