using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Rules;

namespace OrleansBroker.Gateway.Tests.Admission.Rules;

public sealed class RuleSelectionTests
{
    private static readonly Rule[] Rules = AuthorizationFile.Parse(
        "rules", [.. Enumerable.Range(0, 40).Select(i => $"allow client device-{i} publish plant/{i}/#"), "allow all publish open/#", "deny client device-7 publish open/secret"]).Publish;

    private readonly RuleSelection _selection = new(Rules);

    [Fact]
    public void Of_ClientsWithTheSameRules_ShareOneList()
    {
        var first = Of("someone");
        Assert.Equal([Rules[40]], first);
        Assert.Same(first, Of("another"));
    }

    [Fact]
    public void Of_ManyKindsOfClientsInTurn_EachHasItsOwnRulesInTheirOrder()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 40; i++)
            {
                Rule[] expected = i == 7 ? [Rules[i], Rules[40], Rules[41]] : [Rules[i], Rules[40]];
                Assert.Equal(expected, Of($"device-{i}"));
            }
        }
    }

    [Fact]
    public void Of_AllRulesApply_IsTheListItself()
    {
        Rule[] all = [Rules[40]];
        Assert.Same(all, new RuleSelection(all).Of(ClientIdentity.Anonymous, "c", ClientNames.Of(ClientIdentity.Anonymous, "c")));
    }

    [Fact]
    public void Of_NoRuleApplies_IsEmpty() => Assert.Empty(new RuleSelection([Rules[3]]).Of(ClientIdentity.Anonymous, "c", ClientNames.Of(ClientIdentity.Anonymous, "c")));

    private Rule[] Of(string clientId) => _selection.Of(ClientIdentity.Anonymous, clientId, ClientNames.Of(ClientIdentity.Anonymous, clientId));
}
