using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class PasswordFileWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Set_NoFile_MakesOneForItsOwnerOnly()
    {
        string path = _folder.PathOf("users");

        Assert.True(PasswordFileWriter.Set(path, Record("ann", "one")));

        Assert.True(PasswordTable.Load(path).Find("ann")!.Hash.Verify("one"u8));
        Assert.Equal(["users"], _folder.Names);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Set_KnownUser_ReplacesThatLineOnly()
    {
        string path = _folder.Write("users", $"# our users\n{Record("ann", "one")}\n\n{Record("bob", "two")}\n");

        Assert.False(PasswordFileWriter.Set(path, Record("ann", "three")));

        var table = PasswordTable.Load(path);
        Assert.True(table.Find("ann")!.Hash.Verify("three"u8));
        Assert.True(table.Find("bob")!.Hash.Verify("two"u8));
        string[] lines = File.ReadAllLines(path);
        Assert.Equal("# our users", lines[0]);
        Assert.StartsWith("ann:", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("bob:", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Set_FileWithoutLastNewline_AddsALine()
    {
        string path = _folder.Write("users", Record("ann", "one").ToString());

        PasswordFileWriter.Set(path, Record("bob", "two"));

        Assert.Equal(2, PasswordTable.Load(path).Count);
    }

    [Fact]
    public void Set_ReadableByGroup_StaysSo()
    {
        if (OperatingSystem.IsWindows())
            return; // Without file modes.
        string path = _folder.Write("users", "");
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(path, mode);

        PasswordFileWriter.Set(path, Record("ann", "one"));

        Assert.Equal(mode, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Set_ThroughALink_KeepsTheLink()
    {
        string path = _folder.Write("users", "");
        string link = _folder.PathOf("link");
        File.CreateSymbolicLink(link, path);

        PasswordFileWriter.Set(link, Record("ann", "one"));

        Assert.NotNull(File.ResolveLinkTarget(link, returnFinalTarget: false));
        Assert.Equal(1, PasswordTable.Load(path).Count);
    }

    [Fact]
    public void Set_NoPasswordFile_LeavesItAlone()
    {
        string path = _folder.Write("notes", "milk\nbread\n");

        var failure = Assert.Throws<AdmissionFileException>(() => PasswordFileWriter.Set(path, Record("ann", "one")));

        Assert.Contains("line 1", failure.Message, StringComparison.Ordinal);
        Assert.Equal("milk\nbread\n", File.ReadAllText(path));
        Assert.Equal(["notes"], _folder.Names);
    }

    [Fact]
    public void Set_AnotherWriterAtWork_IsRefused()
    {
        string path = _folder.Write("users", "");
        using var other = new FileStream(path + ".new", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        Assert.Throws<AdmissionFileException>(() => PasswordFileWriter.Set(path, Record("ann", "one")));

        Assert.Equal("", File.ReadAllText(path));
    }

    [Fact]
    public void Remove_KnownUser_GoesAndOthersStay()
    {
        string path = _folder.Write("users", $"{Record("ann", "one")}\n{Record("bob", "two")}\n");

        Assert.True(PasswordFileWriter.Remove(path, "ann"));
        Assert.False(PasswordFileWriter.Remove(path, "ann"));

        Assert.Equal(1, PasswordTable.Load(path).Count);
    }

    [Fact]
    public void Remove_NoFile_SaysSoAndMakesNone()
    {
        Assert.Throws<AdmissionFileException>(() => PasswordFileWriter.Remove(_folder.PathOf("users"), "ann"));

        Assert.Empty(_folder.Names);
    }

    public void Dispose() => _folder.Dispose();

    private static PasswordRecord Record(string user, string password) =>
        new(user, PasswordHash.Create(System.Text.Encoding.UTF8.GetBytes(password), PasswordHash.MinIterations));
}
