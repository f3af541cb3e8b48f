package store_test
import ("testing";"math/rand/v2";"os";"time";"path/filepath";"fmt")
func TestSlow(t *testing.T){
 b:=filled(t)
 good,_:=os.ReadFile(b.path)
 var total time.Duration
 for i:=range 400 {
  r:=rand.New(rand.NewPCG(uint64(i),7))
  bad:=append([]byte(nil),good...)
  for range 1+r.IntN(30){ at:=r.IntN(len(bad)); if r.IntN(2)==0 {at=r.IntN(len(bad)/4096)*4096+r.IntN(16)}; bad[at]=byte(r.IntN(256))}
  p:=filepath.Join(t.TempDir(),"s.db"); os.WriteFile(p,bad,0o600)
  s:=time.Now(); checkOpensDamaged(t,b,p); d:=time.Since(s); total+=d
  if d>300*time.Millisecond { fmt.Println(i,d)}
 }
 fmt.Println(total/400)
}
