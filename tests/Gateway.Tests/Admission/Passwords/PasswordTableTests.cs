using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class PasswordTableTests : IDisposable
{
    private static readonly string Hash = PasswordHash.Create("x"u8, PasswordHash.MinIterations).ToString();

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("ann", "USER:HASH")]
    [InlineData(":HASH", "not empty")]
    [InlineData("ann:plain", "must be")]
    [InlineData("#ann:HASH", "begin with '#'")]
    [InlineData(" ann:HASH", "space around")]
    [InlineData("ann:HASH\nann:HASH", "twice")]
    public void Load_BadLine_NamesFileAndLine(string lines, string reason)
    {
        string path = _folder.Write("users", "# comment\n\n" + lines.Replace("HASH", Hash, StringComparison.Ordinal));

        var failure = Assert.Throws<AdmissionFileException>(() => PasswordTable.Load(path));

        Assert.Contains($"{path}, line {2 + lines.Split('\n').Length}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WindowsLineEnds_AreLineEnds()
    {
        string path = _folder.Write("users", $"# comment\r\nann:{Hash}\r\nbob:{Hash}\r\n");

        Assert.Equal(2, PasswordTable.Load(path).Count);
    }

    [Fact]
    public void Load_NotUtf8_SaysSo()
    {
        string path = _folder.PathOf("users");
        File.WriteAllBytes(path, [0x61, 0xff, 0x3a]);

        Assert.Contains("UTF-8", Assert.Throws<AdmissionFileException>(() => PasswordTable.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<AdmissionFileException>(() => PasswordTable.Load(_folder.PathOf("users"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_FolderInsteadOfFile_SaysSo() =>
        Assert.Throws<AdmissionFileException>(() => PasswordTable.Load(_folder.PathOf(".")));

    public void Dispose() => _folder.Dispose();
}
