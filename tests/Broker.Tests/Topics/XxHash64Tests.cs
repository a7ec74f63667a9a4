using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class XxHash64Tests
{
    // Published values of XXH64 with seed 0: they prove the algorithm, and that it stays.
    [Theory]
    [InlineData("", 0xEF46_DB37_51D8_E999)]
    [InlineData("a", 0xD24E_C4F1_A98C_6E5B)]
    [InlineData("abc", 0x44BC_2CF5_AD77_0999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1)]
    public void Hash_PublishedVector_Agrees(string text, ulong expected) =>
        Assert.Equal(expected, XxHash64.Hash(text.Utf8()));
}
